import HTTP
import Kit

extension GoogleService {
  private static func invalid(_ message: String) -> Reply {
    GoogleReply.error(400, "INVALID_ARGUMENT", message)
  }

  /// Reads and writes at one moment; nil when there is no such range.
  private func at<R: Sendable>(
    _ id: String, _ text: String, _ body: (inout SimulatedSheet, CellRange) -> R
  ) -> R? {
    guard let range = CellRange(text) else { return nil }
    return store.enter { state in
      let sheets = state.spreadsheets[id]?.sheets ?? []
      let index = range.sheet.map { title in sheets.firstIndex { $0.title == title } } ?? 0
      guard let index, sheets.indices.contains(index) else { return nil }
      var sheet = sheets[index]
      let result = body(&sheet, range)
      state.spreadsheets[id]?.sheets[index] = sheet
      return result
    }
  }

  private func shown(_ sheet: SimulatedSheet, row: Int, column: Int, rows: Int, columns: Int)
    -> String
  {
    let plain = sheet.title.allSatisfy { $0.isLetter || $0.isNumber }
    let title =
      plain ? sheet.title : "'\(sheet.title.split(separator: "'").joined(separator: "''"))'"
    let first = "\(CellRange.letters(column))\(row + 1)"
    let last = "\(CellRange.letters(column + max(columns, 1) - 1))\(row + max(rows, 1))"
    return first == last ? "\(title)!\(first)" : "\(title)!\(first):\(last)"
  }

  private func block(_ id: String, _ text: String) -> JSON? {
    at(id, text) { sheet, range in
      let rows = sheet.values(range)
      var members: [(String, JSON)] = [
        ("range", .string(text)), ("majorDimension", "ROWS"),
      ]
      // All empty: there are no values at all.
      if !rows.isEmpty {
        members.append(("values", .array(rows.map { .array($0.map(\.json)) })))
      }
      return .object(members)
    }
  }

  func get(_ id: String, _ request: HTTPRequest, _ range: String) -> Reply {
    if let dimension = request.query("majorDimension"), dimension != "ROWS" {
      return Self.invalid("The sandbox reads ROWS only")
    }
    guard let block = block(id, range) else {
      return Self.invalid("Unable to parse range: \(range)")
    }
    return GoogleReply.json(block)
  }

  func batchGet(_ id: String, _ request: HTTPRequest) -> Reply {
    var blocks: [JSON] = []
    for (_, range) in request.query.filter({ $0.0 == "ranges" }) {
      guard let block = block(id, range) else {
        return Self.invalid("Unable to parse range: \(range)")
      }
      blocks.append(block)
    }
    return GoogleReply.json(["spreadsheetId": .string(id), "valueRanges": .array(blocks)])
  }

  /// How values are read; nil for an option that there is not.
  private static func isTyped(_ option: String?) -> Bool? {
    switch option {
    case "RAW": false
    case "USER_ENTERED": true
    default: nil
    }
  }

  private static let noOption = "'valueInputOption' is required but not specified"

  func append(_ id: String, _ request: HTTPRequest, _ text: String, _ faults: Faults) -> Reply {
    guard let body = try? JSONValue.parse(request.body), let given = body["values"],
      given.kind == .array
    else { return Self.invalid("Invalid JSON payload received.") }
    if let own = body["range"]?.string, own != text {
      return Self.invalid("Requested writing within range [\(text)], but tried range [\(own)]")
    }
    guard let isTyped = Self.isTyped(request.query("valueInputOption")) else {
      return Self.invalid(Self.noOption)
    }
    let inserts = request.query("insertDataOption") == "INSERT_ROWS"
    let isDropped = faults.has(.writeDropped)
    let values = given.elements.map(\.elements)
    note(values)
    let reply = at(id, text) { sheet, range -> JSON in
      let (row, column, table) = sheet.end(of: range)
      let width = values.map(\.count).max() ?? 0
      if !isDropped {
        if inserts { sheet.insertRows(values.count, at: row) }
        for (down, cells) in values.enumerated() {
          for (right, value) in cells.enumerated() {
            guard let cell = SimulatedCell(value, isTyped: isTyped) else { continue }
            sheet.set(row + down, column + right, cell)
          }
        }
      }
      let count = JSON.int(Int64(values.count))
      var members: [(String, JSON)] = [("spreadsheetId", .string(id))]
      if let table {
        let columns = sheet.rows[table].map(\.count).max() ?? 1
        members.append(
          (
            "tableRange",
            .string(
              shown(
                sheet, row: table.lowerBound, column: column, rows: table.count,
                columns: columns - column))
          ))
      }
      members.append(
        (
          "updates",
          [
            "spreadsheetId": .string(id),
            "updatedRange": .string(
              shown(sheet, row: row, column: column, rows: values.count, columns: width)),
            "updatedRows": count, "updatedColumns": .int(Int64(width)),
            "updatedCells": .int(Int64(values.reduce(0) { $0 + $1.count })),
          ]
        ))
      return .object(members)
    }
    guard let reply else { return Self.invalid("Unable to parse range: \(text)") }
    return GoogleReply.json(reply)
  }

  func update(_ id: String, _ request: HTTPRequest, _ text: String, _ faults: Faults) -> Reply {
    guard let body = try? JSONValue.parse(request.body) else {
      return Self.invalid("Invalid JSON payload received.")
    }
    guard let isTyped = Self.isTyped(request.query("valueInputOption")) else {
      return Self.invalid(Self.noOption)
    }
    if let own = body["range"]?.string, own != text {
      return Self.invalid("Requested writing within range [\(text)], but tried range [\(own)]")
    }
    guard let done = write(id, text, body, isTyped, faults) else {
      return Self.invalid("Unable to parse range: \(text)")
    }
    return GoogleReply.json(done)
  }

  func batchUpdate(_ id: String, _ request: HTTPRequest, _ faults: Faults) -> Reply {
    guard let body = try? JSONValue.parse(request.body), let data = body["data"]?.elements else {
      return Self.invalid("Invalid JSON payload received.")
    }
    guard let isTyped = Self.isTyped(body["valueInputOption"]?.string) else {
      return Self.invalid(Self.noOption)
    }
    // All ranges are looked at before any is written.
    for block in data {
      let text = block["range"]?.string ?? ""
      guard at(id, text, { _, _ in true }) == true else {
        return Self.invalid("Unable to parse range: \(text)")
      }
    }
    let done = data.compactMap { write(id, $0["range"]?.string ?? "", $0, isTyped, faults) }
    return GoogleReply.json([
      "spreadsheetId": .string(id), "totalUpdatedRows": .int(Int64(done.count)),
      "responses": .array(done),
    ])
  }

  private func write(
    _ id: String, _ text: String, _ body: JSONValue, _ isTyped: Bool, _ faults: Faults
  ) -> JSON? {
    let values = body["values"]?.elements.map(\.elements) ?? []
    note(values)
    let isDropped = faults.has(.writeDropped)
    return at(id, text) { sheet, range in
      var cells = 0
      for (down, row) in values.enumerated() {
        for (right, value) in row.enumerated() {
          // null leaves the cell as it is.
          guard let cell = SimulatedCell(value, isTyped: isTyped) else { continue }
          cells += 1
          if !isDropped { sheet.set(range.firstRow + down, range.firstColumn + right, cell) }
        }
      }
      return [
        "spreadsheetId": .string(id), "updatedRange": .string(text),
        "updatedRows": .int(Int64(values.count)), "updatedCells": .int(Int64(cells)),
      ]
    }
  }

  private func note(_ values: [[JSONValue]]) {
    store.enter { state in
      for row in values {
        guard let key = row.first?.string, !key.isEmpty, key != "Order ID" else { continue }
        state.writes[key, default: 0] += 1
      }
    }
  }
}
