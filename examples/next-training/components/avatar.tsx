const HUES = [14, 160, 205, 262, 330, 42];

/** The initial of a name on a colour of its own. */
export function Avatar({ name, size = 30 }: { name: string; size?: number }) {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  const hue = HUES[sum % HUES.length];
  return (
    <span
      className="avatar"
      aria-hidden="true"
      style={{
        width: size,
        height: size,
        fontSize: size * 0.45,
        background: `hsl(${hue} 55% 42%)`,
      }}
    >
      {[...name][0]?.toUpperCase() ?? ''}
    </span>
  );
}
