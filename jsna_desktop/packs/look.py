"""The page style that every section shares: colours, type, and the few typst functions they use."""

INK, MUTED, LINE, PALE = "#1f2933", "#52606d", "#c3ccd5", "#eef2f5"
BLUE, TEAL, WINE, ORANGE = "#12436D", "#177a72", "#801650", "#e8590c"
GROUND, CONTEXT, FEMALE = "#f6f8f9", "#e4e9ed", "#28A197"
FONT = "Atkinson Hyperlegible Next"

# National deciles, 1 most deprived. One hue, lightness evenly spaced, so that it survives a grey
# printer and every kind of colour vision.
DECILES = (
    "#12436D", "#205681", "#2f6899", "#447baa", "#5a8fbd",
    "#76a3ca", "#93b7d6", "#afc9e1", "#cbdceb", "#e3ecf4",
)  # fmt: skip

# Officers' own words reach this style as values of `pack` or `d` (read from JSON), never as markup.
STYLE = (
    f"""
#let ink = rgb("{INK}")
#let muted = rgb("{MUTED}")
#let hair = rgb("{LINE}")
#let pale = rgb("{PALE}")
#let blue = rgb("{BLUE}")
#let teal = rgb("{TEAL}")
#let wine = rgb("{WINE}")
#let orange = rgb("{ORANGE}")
#let pack = json("pack.json")
#let made = datetime(..pack.made)
"""
    r"""
#set document(title: pack.title, author: pack.publisher, description: pack.description,
  keywords: ("JSNA",), date: made)
#set text(lang: "en", region: "GB", font: "Atkinson Hyperlegible Next", size: 10pt, fill: ink,
  fallback: false, number-width: "proportional")
#set par(leading: 0.68em, spacing: 1.05em, justify: false)
#set page(paper: "a4", margin: (x: 20mm, top: 24mm, bottom: 20mm), header-ascent: 7mm, footer-descent: 7mm,
  header: context if counter(page).get().first() > 1 {
    set text(8pt, fill: muted)
    grid(columns: (1fr, auto), column-gutter: 8mm, [#pack.short], [#pack.publisher_short])
    v(-6pt)
    line(length: 100%, stroke: 0.5pt + hair)
  },
  footer: context {
    set text(8pt, fill: muted)
    grid(columns: (1fr, auto), column-gutter: 8mm, [#pack.footer],
      [Page #counter(page).display() of #counter(page).final().first()])
  })
#show heading.where(level: 1): it => block(above: 11mm, below: 11pt, sticky: true, {
  set text(19pt, weight: 700, fill: blue)
  it.body
})
#show heading.where(level: 2): it => block(above: 15pt, below: 8pt, sticky: true, {
  set text(12.5pt, weight: 700)
  it.body
})
#set figure(gap: 6pt)
#show figure.where(kind: image): set block(breakable: false)
#show figure.caption: it => align(left, { set text(8.8pt, fill: muted); it })
#set table(stroke: none, inset: (x: 5pt, y: 4.6pt),
  fill: (_, y) => if y == 0 { blue } else if calc.even(y) { pale } else { none })
#show table.cell.where(y: 0): set text(fill: white, weight: 700)
#show table: set text(9pt, number-width: "tabular")

// A drawing at the size it was drawn, with its alternative text and its caption.
#let drawing(one, caption) = figure(image(one.file, width: one.width * 1mm, alt: one.alt),
  caption: caption, kind: image, supplement: [Figure])
#let chip(colour) = box(baseline: 12%, pdf.artifact(
  rect(width: 12pt, height: 8pt, fill: rgb(colour), stroke: 0.4pt + muted)))
#let dash(colour, thickness) = box(baseline: -25%, pdf.artifact(
  line(length: 14pt, stroke: thickness + colour)))
#let key(..entries) = block(above: 9pt, below: 5pt, {
  set text(8.2pt, fill: muted)
  set par(leading: 0.5em)
  par(for (mark, label) in entries.pos() [#box[#mark~#label]#h(8pt, weak: true)])
})
#let decile_key(deciles) = key(..deciles.map(one => (chip(one.colour), [#one.label])))
#let say(body) = block(breakable: false, width: 100%, fill: pale, inset: (x: 10pt, y: 9pt),
  stroke: (left: 3pt + teal), par(body))
"""
)
