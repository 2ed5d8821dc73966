/** `1,234,567`, in every language. */
export const figure = (count: number): string => count.toLocaleString("en");
