/// A grid of characters, each of 2 by 4 dots. Dots count from the lower left.
struct Braille {
  private static let empty: UInt32 = 0x2800
  /// By row, from the top, and column, as Unicode numbers braille patterns.
  private static let weights: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  let columns: Int
  let rows: Int
  private var bits: [UInt8]
  private var styles: [Paint]
  private var letters: [Int: Character] = [:]

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    bits = Array(repeating: 0, count: columns * rows)
    styles = Array(repeating: .plain, count: columns * rows)
  }

  var width: Int { 2 * columns }
  var height: Int { 4 * rows }

  mutating func set(_ x: Int, _ y: Int, _ style: Paint) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    let fromTop = height - 1 - y
    let cell = fromTop / 4 * columns + x / 2
    bits[cell] |= Self.weights[fromTop % 4 * 2 + x % 2]
    styles[cell] = style
  }

  /// All dots between two.
  mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), _ style: Paint) {
    let (across, up) = (end.x - start.x, end.y - start.y)
    let steps = max(abs(across), abs(up), 1)
    for step in 0...steps {
      let part = Double(step) / Double(steps)
      set(
        start.x + Int((Double(across) * part).rounded()),
        start.y + Int((Double(up) * part).rounded()), style)
    }
  }

  /// At a dot; it takes the place of the dots there.
  mutating func put(_ letter: Character, _ x: Int, _ y: Int) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    letters[(height - 1 - y) / 4 * columns + x / 2] = letter
  }

  /// Row 0 is at the top.
  func row(_ number: Int, colored: Bool) -> String {
    var (result, piece, style) = ("", "", Paint.plain)
    for cell in (number * columns)..<((number + 1) * columns) {
      if styles[cell] != style {
        result += style.paint(piece, colored: colored)
        (piece, style) = ("", styles[cell])
      }
      if let letter = letters[cell] {
        piece.append(letter)
      } else {
        let scalar = bits[cell] == 0 ? " " : Unicode.Scalar(Self.empty + UInt32(bits[cell]))
        piece.unicodeScalars.append(scalar ?? " ")
      }
    }
    return result + style.paint(piece, colored: colored)
  }
}
