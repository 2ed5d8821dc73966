/** A device's name has at most 15 bytes (IFNAMSIZ, linux/if.h). */
const bytesMax = 15;

/**
 * Whether a network device can be called so: what the kernel takes (dev_valid_name in net/core/dev.c), and no leading
 * dash, because other programs would take it for an option.
 */
export function isDeviceName(text: string): boolean {
  if (text === "" || text === "." || text === ".." || text.startsWith("-")) return false;
  return Buffer.byteLength(text) <= bytesMax && !/[\s/:\p{Cc}\ufeff]/u.test(text);
}
