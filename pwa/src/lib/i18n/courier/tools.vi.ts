export const vi = {
  track: 'Ghi vị trí trong ca',
  track_hint:
    'Chỉ khi chuyến đang mở, nhiều nhất 5 phút gửi một lần. Luôn hiện trên màn hình và dừng được.',
  track_seen:
    'Bưu cục thấy vị trí mới nhất và cách đây bao lâu, đến khi hết chuyến hoặc bạn tắt. ' +
    'Không bật thì bưu cục thấy “không có vị trí”.',
  track_kept: 'Bảng điều phối giữ vị trí nhiều nhất {hours} giờ.',
  track_on: 'Đang ghi vị trí trong ca',
  track_rough: 'Đang ghi vị trí, thưa hơn vì pin yếu',
  track_refused: 'Máy không cho biết vị trí',
  track_stop: 'Dừng',
  map_app: 'Ứng dụng chỉ đường',
  map_ask: 'Hỏi mỗi máy một lần',
  look: 'Hiển thị',
  simple: 'Chế độ dễ đọc',
  simple_hint: 'Biểu tượng lớn, ít chữ, có nút nghe đọc bằng tiếng Việt.',
  speak: 'Nghe đọc',
  no_voice: 'Máy này chưa có giọng đọc tiếng Việt. Cài giọng đọc trong cài đặt của máy.',
  say_stop: 'Điểm số {position}. {name}. {address}. Việc cần làm: {acts}. {money}',
  say_due: 'Phải thu {amount} đồng.',
  say_nothing_due: 'Không phải thu tiền.',
  push: 'Báo khi chuyến có thay đổi',
  push_hint: 'Khi ứng dụng đang đóng, máy hiện một dòng báo, không kèm tên hay địa chỉ của ai.',
  push_denied: 'Trình duyệt đang chặn thông báo. Hãy cho phép trong cài đặt của trình duyệt.',
  push_refused: 'Máy chưa cho phép thông báo nên chưa bật được.',
  push_no_answer: 'Chưa liên hệ được bưu cục. Hãy thử lại khi có mạng.',
} as const;
