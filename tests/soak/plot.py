"""Draws how long checks took over the time of a run."""

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 870, 300, 66, 16, 34, 40
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #333 }
.grid { stroke: #ccc; stroke-width: 1 } .mark { stroke: #888; stroke-width: 2 }
.p99 { stroke: #b3261e; fill: none; stroke-width: 1.5 }
.p50 { stroke: #1f5fa8; fill: none; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
text { fill: #ddd } .grid { stroke: #444 } .mark { stroke: #777 }
.p99 { stroke: #ff8a80 } .p50 { stroke: #82b4ff } }
</style>"""


def quantile(ordered, part):
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def windows(times, seconds, count=120):
    """(minutes, p50, p99) in milliseconds of each of `count` equal parts of the run."""
    parts = [[] for _ in range(count)]
    for at, took in times:
        parts[min(count - 1, int(at / seconds * count))].append(took * 1000)
    for number, part in enumerate(parts):
        if part:
            part.sort()
            yield (number + 0.5) * seconds / count / 60, quantile(part, 0.5), quantile(part, 0.99)


def steps_to(most):
    step = next(s for s in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 60000)
                if most / s <= 6)
    return [step * i for i in range(int(most / step) + 2)]


def draw(times, seconds, events, title):
    """The SVG. `events` are the (seconds, name) of what was done to the nodes."""
    points = list(windows(times, seconds))
    steps = steps_to(max(p99 for _, _, p99 in points))
    minutes, top = seconds / 60, steps[-1]

    def x(minute):
        return LEFT + (WIDTH - LEFT - RIGHT) * minute / minutes

    def y(value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
           f"<title>{title}</title>", STYLE, f'<text x="{LEFT}" y="18">{title}</text>']
    for step in steps:
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(step):.1f}" '
                   f'y2="{y(step):.1f}"/><text x="{LEFT - 6}" y="{y(step) + 4:.1f}" '
                   f'text-anchor="end">{step:g} ms</text>')
    for minute in range(0, int(minutes) + 1, max(1, int(minutes / 10))):
        out.append(f'<text x="{x(minute):.1f}" y="{HEIGHT - BOTTOM + 18}" '
                   f'text-anchor="middle">{minute} min</text>')
    for at, _ in events:
        out.append(f'<line class="mark" x1="{x(at / 60):.1f}" x2="{x(at / 60):.1f}" '
                   f'y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM - 8}"/>')
    for name, column in (("p50", 1), ("p99", 2)):
        path = " ".join(f"{x(point[0]):.1f},{y(point[column]):.1f}" for point in points)
        out.append(f'<polyline class="{name}" points="{path}"/>')
        out.append(f'<text x="{WIDTH - RIGHT - 140 + 70 * column}" y="18" '
                   f'text-anchor="end"><tspan class="{name}">&#9472;&#9472; </tspan>{name}</text>')
    out.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">marks: a node is stopped, killed or reloaded, '
               "or its wire to Redis is cut</text></svg>")
    return "\n".join(out) + "\n"
