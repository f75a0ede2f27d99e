/// Reads CSV as RFC 4180 has it, a piece at a time, in bounded memory: quotes, doubled quotes, line
/// breaks inside quotes, CRLF or LF, an optional byte order mark.
///
/// A row that cannot be read is given as a problem with its line, and reading goes on with the next.
/// Only a quote that is never closed takes the rest of the file with it; its row says so.
public struct CSVReader: Sendable {
  public static let fieldBytesMax = 65_536
  public static let fieldsMax = 256

  /// One record of the file.
  public struct Row: Sendable, Equatable {
    /// The line of the file where it begins, from 1.
    public let line: Int
    public let fields: [String]
    /// Why its fields are not to be used.
    public let problem: String?
  }

  private enum State { case start, plain, quoted, quoteSeen, broken }

  private let separator: UInt8
  private var state = State.start
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var problem: String?
  private var line = 1
  private var rowLine = 1
  private var bytesRead = 0
  private var sawCR = false

  public init(separator: Character = ",") { self.separator = separator.asciiValue ?? 0x2C }

  /// Takes the next bytes and gives the rows that they complete. Empty lines are left out.
  public mutating func take(_ bytes: some Sequence<UInt8>) -> [Row] {
    var rows: [Row] = []
    for byte in bytes {
      bytesRead += 1
      if bytesRead <= 3, isMark(byte) { continue }
      step(byte, &rows)
    }
    return rows
  }

  /// The end of the file: the last row, when no line break ended it.
  public mutating func finish() -> [Row] {
    var rows: [Row] = []
    if state == .quoted { problem = problem ?? "a quote is never closed" }
    if state != .start || !fields.isEmpty || problem != nil { endRow(&rows) }
    return rows
  }

  /// EF BB BF at the very start.
  private func isMark(_ byte: UInt8) -> Bool {
    switch bytesRead {
    case 1: byte == 0xEF
    case 2: byte == 0xBB && state == .start && fields.isEmpty
    default: byte == 0xBF && state == .start && fields.isEmpty
    }
  }

  private mutating func step(_ byte: UInt8, _ rows: inout [Row]) {
    let isBreak = byte == 0x0A || byte == 0x0D
    // The second half of CRLF was counted with the first.
    defer { sawCR = byte == 0x0D }
    if byte == 0x0A, sawCR {
      if state == .quoted { keep(byte) }
      return
    }
    switch state {
    case .quoted:
      if byte == 0x22 {
        state = .quoteSeen
      } else {
        keep(byte)
      }
    case .quoteSeen where byte == 0x22:
      keep(byte)
      state = .quoted
    case .start, .plain, .quoteSeen, .broken:
      if byte == separator {
        endField()
      } else if isBreak {
        endRow(&rows)
      } else if byte == 0x22, state == .start {
        state = .quoted
      } else if byte == 0x22 || state == .quoteSeen {
        problem = problem ?? "a quote in the middle of a cell"
        state = .broken
      } else if state != .broken {
        keep(byte)
        state = .plain
      }
    }
    if isBreak { line += 1 }
    if isBreak, state == .start, fields.isEmpty { rowLine = line }
  }

  private mutating func keep(_ byte: UInt8) {
    guard field.count < Self.fieldBytesMax else {
      problem = problem ?? "a cell is longer than \(Self.fieldBytesMax) bytes"
      return
    }
    field.append(byte)
  }

  private mutating func endField() {
    if fields.count >= Self.fieldsMax {
      problem = problem ?? "more than \(Self.fieldsMax) cells"
    } else if let text = String(validating: field, as: UTF8.self), !field.contains(0) {
      fields.append(text)
    } else {
      problem = problem ?? "a cell is no UTF-8 text"
      fields.append("")
    }
    field.removeAll(keepingCapacity: true)
    state = .start
  }

  private mutating func endRow(_ rows: inout [Row]) {
    let isBlank = state == .start && fields.isEmpty && problem == nil
    if !isBlank {
      endField()
      rows.append(Row(line: rowLine, fields: fields, problem: problem))
    }
    state = .start
    fields = []
    problem = nil
  }
}
