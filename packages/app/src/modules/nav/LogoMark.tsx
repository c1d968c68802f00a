/** The mark of ML Platform: an M whose last stroke is what is live. */
export const LogoMark = () => (
  <svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 32 32"
    width={30}
    height={30}
    aria-hidden
  >
    <rect width="32" height="32" rx="8" fill="#0f766e" />
    <path
      d="M8 23V10l8 8 8-8v7"
      fill="none"
      stroke="#fff"
      strokeWidth="3"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
    <circle cx="24" cy="23" r="2.4" fill="#5eead4" />
  </svg>
);
