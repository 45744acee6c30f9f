export const vi = {
  title: 'Tuyến hôm nay',
} as const;
