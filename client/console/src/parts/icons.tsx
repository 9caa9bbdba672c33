// The console's own icons: drawn on 24 by 24, in the color of the text, and never the only way to tell something.
import type { ReactNode } from "react";

function icon(drawing: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {drawing}
      </svg>
    );
  };
}

export const CheckIcon = icon(<path d="M5 12.5l4.5 4.5L19 7.5" />);
export const AlertIcon = icon(<path d="M12 4L2.8 20h18.4L12 4zM12 10v4.5M12 17.4v.1" />);
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 11v5M12 7.9v.1" />
  </>,
);
export const HelpIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M9.6 9.6a2.4 2.4 0 114 1.8c-.9.7-1.6 1.2-1.6 2.3M12 16.6v.1" />
  </>,
);
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5.4l3.4 2" />
  </>,
);
export const LinkIcon = icon(
  <path d="M10 14a4.2 4.2 0 006 0l3.4-3.4a4.2 4.2 0 00-6-6L12 6M14 10a4.2 4.2 0 00-6 0l-3.4 3.4a4.2 4.2 0 006 6L12 18" />,
);
export const LedgerIcon = icon(<path d="M5 4h11a3 3 0 013 3v13H8a3 3 0 01-3-3V4zM5 17a3 3 0 013-3h11M9 8h6" />);
export const ChartIcon = icon(<path d="M4 20V10M10 20V4M16 20v-7M21 20H3" />);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
  </>,
);
export const MoonIcon = icon(<path d="M20 14.5A8.5 8.5 0 019.5 4a8.5 8.5 0 1010.5 10.5z" />);
export const ChevronIcon = icon(<path d="M8 10l4 4 4-4" />);
export const FirstIcon = icon(<path d="M18 6l-6 6 6 6M7 6v12" />);
export const LeftIcon = icon(<path d="M14 6l-6 6 6 6" />);
export const RightIcon = icon(<path d="M10 6l6 6-6 6" />);
export const OutIcon = icon(<path d="M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 01-1 1H5a1 1 0 01-1-1V7a1 1 0 011-1h5" />);
export const StoreIcon = icon(
  <path d="M4 10v10h16V10M3 10l2-6h14l2 6M3 10a3 3 0 006 0 3 3 0 006 0 3 3 0 006 0M10 20v-5h4v5" />,
);
export const SearchIcon = icon(
  <>
    <circle cx="11" cy="11" r="6.5" />
    <path d="M16 16l4.5 4.5" />
  </>,
);
