export const vi = {
  camera_starting: 'Đang mở máy ảnh…',
  camera_refused:
    'Chưa được phép dùng máy ảnh. Hãy cho phép trong cài đặt trình duyệt, hoặc nhập mã bằng tay.',
  camera_none: 'Không mở được máy ảnh. Hãy nhập mã bằng tay.',
  camera_no_reader: 'Bộ đọc mã chưa có trên máy này. Hãy nhập bằng tay; khi có mạng máy sẽ tự tải.',
  torch_on: 'Bật đèn',
  torch_off: 'Tắt đèn',
  enter: 'Nhập',
} as const;
