export const vi = {
  title: 'Tài liệu API Tận Nơi',
  search: 'Tìm theo đường dẫn, tên hoặc mô tả',
  found: '{count} thao tác',
  loading: 'Đang tải tài liệu…',
  failed: 'Không tải được tài liệu API. Kiểm tra mạng rồi thử lại.',
  retry: 'Thử lại',
  parameters: 'Tham số',
  required: 'bắt buộc',
  request: 'Nội dung gửi',
  answers: 'Trả lời',
} as const;
