interface GammaFilterProps {
  id: string;
  gamma: number;
}

/** The gamma correction of stage 1, by the browser: value^gamma in each channel, as the program computes it. */
export function GammaFilter({ id, gamma }: GammaFilterProps) {
  return (
    <svg width="0" height="0" aria-hidden style={{ position: 'absolute' }}>
      <filter id={id} colorInterpolationFilters="sRGB">
        <feComponentTransfer>
          <feFuncR type="gamma" exponent={gamma} />
          <feFuncG type="gamma" exponent={gamma} />
          <feFuncB type="gamma" exponent={gamma} />
        </feComponentTransfer>
      </filter>
    </svg>
  );
}
