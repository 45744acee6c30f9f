export const vi = {
  chip: 'Tiền mặt {amount}',
  chip_hidden: 'Hiện số tiền mặt',
  chip_hide: 'Ẩn số tiền mặt',
  over: 'Vượt hạn mức {amount}. Hãy về bưu cục gần nhất nộp bớt tiền.',
  waits: 'Có tiền chờ bạn đếm',
  take: 'Đếm và nhận',
  count: 'Đếm tiền cuối ca',
} as const;
