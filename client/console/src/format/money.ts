// Money as the API carries it, whole minor units, told in the retailer's own way. Nothing here rounds: digits are moved, never
// computed in floating point.

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  let format = formats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", { style: "currency", currency });
    formats.set(currency, format);
  }
  return format;
}

/** Tells an amount of minor units, "$1,234.50". Without a currency it stands alone: "1,234.50". */
export function money(amount: bigint, currency: string): string {
  if (!/^[A-Z]{3}$/.test(currency)) {
    return new Intl.NumberFormat("en-US", { minimumFractionDigits: 2 }).format(decimal(amount, 2));
  }
  const format = formatOf(currency);
  return format.format(decimal(amount, format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** Moves the point: 123450n with 2 digits becomes "1234.50". */
export function decimal(amount: bigint, digits: number): Intl.StringNumericLiteral {
  const text = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const part = digits > 0 ? `.${text.slice(-digits)}` : "";
  return `${amount < 0n ? "-" : ""}${whole}${part}` as Intl.StringNumericLiteral;
}
