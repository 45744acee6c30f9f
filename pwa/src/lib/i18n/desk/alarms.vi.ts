export const vi = {
  title: 'Hạn của danh sách chi trả',
  near: 'Hạn {day}',
  late: 'Quá hạn {day}',
  list_missing: 'Cơ quan chưa nộp danh sách kỳ này.',
  money_missing: 'Kinh phí chưa về đủ, còn thiếu {amount}.',
  approval_missing: 'Kinh phí đã đủ, danh sách chưa được duyệt.',
  commune_unpaid: 'Sắp hết ngày chi trả tại xã, phường: còn {count} người chưa nhận, {amount}.',
  not_settled: 'Danh sách chưa kết thúc: còn {count} người chưa nhận, {amount}.',
  nobody_left: 'Đã chi trả đủ, danh sách chưa kết thúc.',
  delta: 'Biến động {number}',
} as const;
