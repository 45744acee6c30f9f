export const vi = {
  news_title: 'Bưu cục vừa đổi chuyến',
  news_lines: 'Những thay đổi',
  news_removed: 'Rút điểm {position}: {name}',
  news_added: 'Thêm điểm {position} lúc {time}: {name}',
  news_moved: 'Điểm {position} nay đi thứ {to}: {name}',
  news_moved_time: 'Điểm {position} nay đi thứ {to}, lúc {time}: {name}',
  news_time: 'Điểm {position} nay đến lúc {time}: {name}',
  news_act_added: 'Điểm {position} thêm việc “{act}”: {name}',
  news_act_removed: 'Điểm {position} bỏ việc “{act}”: {name}',
  news_read: 'Đã xem',
} as const;
