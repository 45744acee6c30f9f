export const vi = {
  new_title: 'Đặt mã PIN cho ca này',
  new_text:
    'Mã PIN 6 chữ số giữ kín dữ liệu trên máy trong ca. Hết ca, mã hết hiệu lực; ' +
    'ca sau đặt mã mới.',
  new_again: 'Nhập lại mã PIN',
  new_again_text: 'Nhập lại đúng 6 chữ số vừa đặt.',
  new_differs: 'Hai lần nhập không giống nhau. Hãy đặt lại từ đầu.',
  new_weak: 'Mã này dễ đoán. Tránh các chữ số giống nhau hoặc liền nhau như 123456.',
  new_no_key: 'Máy chưa nhận được khoá của bưu cục. Hãy bật mạng một lần rồi thử lại.',
  new_failed: 'Chưa đặt được mã PIN. Hãy thử lại.',
  new_start_over: 'Đặt lại từ đầu',
  unlock_title: 'Nhập mã PIN',
  unlock_text: 'Mã PIN bạn đặt khi bắt đầu ca.',
  unlock_new_day: 'Ngày mới: mã PIN của bạn mở ca mới, dữ liệu ca trước được khoá lại.',
  unlock_wrong: 'Sai mã PIN. Còn {count} lần nhập trước khi phải đăng nhập lại.',
  unlock_wrong_last: 'Sai mã PIN. Sai thêm {count} lần nữa, khoá của ca sẽ bị huỷ.',
  unlock_forgot: 'Quên mã PIN?',
  pin_digits: '{count}/6 chữ số',
  pin_erase: 'Xoá một chữ số',
  pin_checking: 'Đang kiểm tra…',
  must_title: 'Sai mã PIN 5 lần',
  must_text:
    'Để nhập tiếp, hãy đăng nhập lại khi có mạng bằng mã một lần do bưu cục cấp. ' +
    'Dữ liệu trên máy vẫn còn đủ.',
  must_left: 'Sau khi đăng nhập còn {count} lần nhập. Sai hết, khoá của ca bị huỷ.',
  left: 'Còn trên máy: {count} mục chưa gửi',
  left_none: 'Mọi việc đã về tới bưu cục',
  sign_in: 'Đăng nhập lại',
  finger_open: 'Mở bằng vân tay hoặc khuôn mặt',
  finger_failed: 'Chưa mở được bằng vân tay hoặc khuôn mặt. Hãy nhập mã PIN.',
  finger_account: 'Khoá ca trên máy này',
} as const;
