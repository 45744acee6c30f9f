export const vi = {
  title: 'Điều hành',
} as const;
