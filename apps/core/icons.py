"""The icons: one set on a 20 px grid, drawn with a 1.6 px line and round ends by ``.icon`` in the style sheet.

Each value is the inside of an ``<svg viewBox="0 0 20 20">``. An icon stands beside a word or carries an accessible name.
"""

ICONS: dict[str, str] = {
    "bank": '<path d="M3.5 5.2C6 4 8 4.4 10 5.6c2-1.2 4-1.6 6.5-.4v10.6c-2.5-1.2-4.5-.8-6.5.4-2-1.2-4-1.6-6.5-.4Z'
    'M10 5.6v10.6"/>',
    "bell": '<path d="M5.5 14V9a4.5 4.5 0 0 1 9 0v5l1.3 1H4.2ZM8.5 17.3h3"/>',
    "calendar": '<rect x="3.5" y="4.5" width="13" height="12" rx="1.2"/><path d="M3.5 8.3h13M7 2.8v3M13 2.8v3"/>',
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "clock": '<circle cx="10" cy="10" r="7.2"/><path d="M10 5.8V10l2.8 2"/>',
    "course": '<path d="M2.5 8 10 4.5 17.5 8 10 11.5Z"/><path d="M5.5 9.6v4.2c2.7 2 6.3 2 9 0V9.6M17.5 8v4.5"/>',
    "cross": '<path d="m5 5 10 10M15 5 5 15"/>',
    "exam": '<path d="M5 3h7l3.5 3.5V17H5ZM8 9h5M8 12h5M8 15h3"/>',
    "eye": '<path d="M2.5 10C4.3 6.7 7 5 10 5s5.7 1.7 7.5 5c-1.8 3.3-4.5 5-7.5 5s-5.7-1.7-7.5-5Z"/>'
    '<circle cx="10" cy="10" r="2.2"/>',
    "eye-off": '<path d="M5.5 6.4A9.3 9.3 0 0 0 2.5 10c1.8 3.3 4.5 5 7.5 5 1.3 0 2.5-.3 3.6-.9'
    "M8 5.2c.7-.1 1.3-.2 2-.2 3 0 5.7 1.7 7.5 5"
    'a11 11 0 0 1-1.9 2.5M3.5 3.5l13 13"/>',
    "file": '<path d="M5 3h7l3.5 3.5V17H5ZM12 3v3.5h3.5"/>',
    "flag": '<path d="M5 17.5V3M5 3.8h9.5l-2 3.4 2 3.4H5"/>',
    "history": '<path d="M3.5 10a6.5 6.5 0 1 0 2-4.7M5.2 2.5v3h3M10 6.5V10l2.4 1.7"/>',
    "home": '<path d="M3.5 9.2 10 3.5l6.5 5.7V16a.8.8 0 0 1-.8.8h-3.6v-4.6H7.9v4.6H4.3a.8.8 0 0 1-.8-.8Z"/>',
    "info": '<circle cx="10" cy="10" r="7.2"/><path d="M10 9v4.5M10 6.4v.1"/>',
    "kept": '<path d="M5.6 15.5A3.6 3.6 0 0 1 5.2 8.3a5 5 0 0 1 9.6.6 3.3 3.3 0 0 1-.4 6.6Z"/>'
    '<path d="m7.6 11.6 1.8 1.8 3-3.4"/>',
    "lesson": '<rect x="3" y="4.5" width="14" height="11" rx="1.2"/><path d="m8.6 7.6 4 2.4-4 2.4Z"/>',
    "more": '<path d="M4.5 10h.1M10 10h.1M15.5 10h.1"/>',
    "next": '<path d="M4 10h12M11.5 5.5 16 10l-4.5 4.5"/>',
    "offline": '<path d="M5.6 15.5A3.6 3.6 0 0 1 5.2 8.3M8 4.9a5 5 0 0 1 6.8 4 3.3 3.3 0 0 1 1.9 5.2M3 3l14 14"/>',
    "out": '<path d="M8 3.5H4.5v13H8M8.5 10h8M13 6.5l3.5 3.5-3.5 3.5"/>',
    "people": '<circle cx="7.5" cy="7" r="2.8"/>'
    '<path d="M2.5 16.5c.4-3.3 2.4-5 5-5s4.6 1.7 5 5M13 4.6a2.6 2.6 0 0 1 0 5M14.5 11.9c1.7.6 2.8 2.2 3 4.6"/>',
    "person": '<circle cx="10" cy="7" r="3"/><path d="M4.2 16.8c.6-3.5 2.9-5.3 5.8-5.3s5.2 1.8 5.8 5.3"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "practice": '<path d="M4 4.5h8M4 9h5M4 13.5h4M10.5 14.8l6-6 1.7 1.7-6 6-2.2.5Z"/>',
    "previous": '<path d="M16 10H4M8.5 5.5 4 10l4.5 4.5"/>',
    "result": '<path d="M3.5 16.5h13M5.5 16.5v-5M9.5 16.5V5M13.5 16.5V8.5"/>',
    "search": '<circle cx="9" cy="9" r="5.5"/><path d="m13.2 13.2 3.8 3.8"/>',
    "settings": '<path d="M4 6h7M14.5 6H16M4 14h2M9.5 14H16"/><circle cx="12.8" cy="6" r="1.8"/>'
    '<circle cx="7.8" cy="14" r="1.8"/>',
    "shield": '<path d="M10 2.8 16 5v4.5c0 3.7-2.4 6.3-6 7.7-3.6-1.4-6-4-6-7.7V5Z"/>',
    "strike": '<path d="M4 10h12M6.5 6.5C7 4.8 8.5 4 10 4c1.7 0 3 .8 3.4 2.2'
    'M13.8 12.5c.3 2-1.3 3.5-3.8 3.5-2 0-3.4-.9-3.9-2.5"/>',
    "turn": '<path d="M16.5 10a6.5 6.5 0 1 1-2-4.7M14.8 2.5v3h-3"/>',
    "warn": '<path d="M10 3.2 17.5 16.5h-15ZM10 8v4M10 14.3v.1"/>',
}

# Only these point along the line of reading and turn round with it; a clock or a tick does not.
MIRRORED_ICONS = frozenset({"next", "previous", "out", "practice"})

MARK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M3.5 12.2 19.3 6.3l1.9 4.3L5.4 16.5Z"/>'
    '<path d="M12.8 13.8v6.7M7.8 20.5h10"/><path class="lamp" d="m5.5 6.7 5.6-2.1"/></svg>'
)
