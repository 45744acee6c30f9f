export const vi = {
  unlock_forgot_text:
    'Không ai đọc lại được mã PIN. Các việc đã ghi vẫn tự gửi về dù máy đang khoá. ' +
    'Hãy gọi bưu cục để được hướng dẫn mở ca mới trên máy này.',
  burnt_title: 'Khoá của ca đã bị huỷ',
  burnt_text:
    'Mã PIN bị nhập sai 10 lần nên máy này không còn đọc được dữ liệu của ca. Các việc đã ghi ' +
    'KHÔNG mất: chúng nằm kín trên máy và tự gửi về bưu cục khi có sóng; chỉ bưu cục mở được.',
  steps: 'Việc cần làm',
  burnt_step_keep: 'Không xoá dữ liệu, không gỡ ứng dụng.',
  burnt_step_send: 'Giữ máy ở chỗ có sóng cho đến khi “Còn trên máy” là 0.',
  burnt_step_call: 'Gọi bưu cục báo máy bị khoá và việc đang làm dở.',
  burnt_step_paper: 'Việc tiếp theo trong ngày ghi ra giấy, mang về bưu cục.',
  burnt_step_new: 'Khi có mạng, đăng nhập lại để mở ca mới trên máy này.',
  cleared_title: 'Máy này đã mất dữ liệu đã lưu',
  cleared_text:
    'Trình duyệt đã xoá những gì ứng dụng giữ trên máy. Việc bưu cục đã nhận vẫn còn đủ; việc ' +
    'chưa kịp gửi thì không còn ở đây nữa. Bưu cục thấy được còn thiếu bao nhiêu việc.',
  cleared_step_call: 'Gọi bưu cục, báo máy mất dữ liệu và xin mã đăng ký mới.',
  cleared_step_tell: 'Kể lại hoặc ghi ra giấy các việc đã làm từ lúc mất sóng, kể cả tiền đã trao.',
  cleared_step_sign_in: 'Đăng nhập lại bằng mã mới rồi đi tiếp.',
  revoked_title: 'Máy này đã bị thu hồi',
  revoked_text:
    'Bưu cục đã cho máy này ngừng làm việc. Các việc còn trên máy vẫn được gửi về để bưu cục ' +
    'xem lại, sau đó dữ liệu trên máy bị xoá.',
  revoked_step_keep: 'Giữ máy ở chỗ có sóng cho đến khi “Còn trên máy” là 0.',
  revoked_step_call: 'Gọi bưu cục nếu đây là nhầm lẫn.',
  close_title: 'Đóng chuyến, kết thúc ca',
  close_text:
    'Đây là chuyến cuối. Khoá của ca bị huỷ: không ai đọc được dữ liệu trên máy này nữa. Việc ' +
    'chưa gửi vẫn nằm kín trên máy và tự gửi khi có sóng.',
  close_only: 'Chỉ đóng chuyến, chưa kết thúc ca',
  close_cash: 'Ca còn mở để đếm tiền. Đếm xong hãy bấm Kết thúc ca.',
  close_ended: 'Đã đóng chuyến, đã kết thúc ca',
  end_title: 'Kết thúc ca',
  end_text:
    'Khoá của ca bị huỷ ngay: không ai đọc được dữ liệu trên máy này nữa. Việc chưa gửi vẫn ' +
    'nằm kín trên máy và tự gửi khi có sóng.',
  finger_offer_title: 'Mở nhanh bằng vân tay hoặc khuôn mặt?',
  finger_offer_text:
    'Máy tự nhận ra bạn, bưu cục không nhận được gì. Mọi vân tay, khuôn mặt đã cài trên máy này ' +
    'đều mở được. Mã PIN vừa đặt vẫn luôn dùng được.',
  finger_skip: 'Chỉ dùng mã PIN',
  finger_refused: 'Máy chưa nhận ra bạn, hoặc bạn đã bỏ qua. Hãy thử lại, hoặc chỉ dùng mã PIN.',
  finger_unfit: 'Máy này không hỗ trợ cách mở này. Hãy dùng mã PIN.',
  finger_used: 'Ca này đang mở được bằng cách này. Tắt đi thì chỉ còn mã PIN.',
  finger_next: 'Sẽ hỏi khi đặt mã PIN của ca sau.',
  finger_off: 'Chỉ mở bằng mã PIN.',
} as const;
