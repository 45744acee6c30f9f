export const vi = {
  title: 'Tra cứu bưu gửi',
} as const;
