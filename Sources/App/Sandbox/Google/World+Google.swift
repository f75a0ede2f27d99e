import HTTP
import Kit

/// The hand that moves the simulated sheets: what a person does in the browser.
extension World {
  func controlGoogle(_ request: HTTPRequest, _ path: [Substring]) -> Reply {
    switch (request.method, path.count, path.first ?? "") {
    case ("GET", 1, "service-account"):
      let origin = settings.publicOrigin ?? "http://\(request.headers["Host"] ?? "localhost")"
      guard let file = google.keyFile(origin: origin) else {
        return .json(["error": "no key could be made"], status: 500)
      }
      return .json(file)
    case ("POST", 1, "sheets"): return postSpreadsheet(request)
    case ("GET", 2, "sheets"): return spreadsheet(String(path[1]))
    case ("POST", 3, "sheets"): return touch(request, String(path[1]), path[2])
    case ("GET", 1, "pushes"): return .json(["pushes": .array(pushes())])
    case ("POST", 1, "expire-tokens"):
      sheets.enter { $0.tokens = [:] }
      return .noContent
    default:
      return .json(["error": "no such control of Google's"], status: 404)
    }
  }

  /// `{"id":"...","sheets":["Orders"],"shared":true}`.
  private func postSpreadsheet(_ request: HTTPRequest) -> Reply {
    guard let body = try? JSONValue.parse(request.body), let id = body["id"]?.string, !id.isEmpty
    else { return .json(["error": "id is required"], status: 400) }
    let titles = body["sheets"]?.elements.compactMap(\.string) ?? ["Orders"]
    let isShared = body["shared"]?.bool ?? true
    sheets.enter { state in
      state.spreadsheets[id] = GoogleStore.Spreadsheet(
        id: id, isShared: isShared, sheets: titles.map { SimulatedSheet(title: $0) })
    }
    return spreadsheet(id)
  }

  private func spreadsheet(_ id: String) -> Reply {
    guard let found = sheets.enter({ $0.spreadsheets[id] }) else {
      return .json(["error": "there is no such spreadsheet"], status: 404)
    }
    let list = found.sheets.map { sheet in
      JSON.object([
        ("title", .string(sheet.title)),
        ("rows", .array(sheet.rows.map { .array($0.map(\.json)) })),
      ])
    }
    return .json([
      "id": .string(id), "shared": .bool(found.isShared), "sheets": .array(list),
    ])
  }

  /// What a person does to a sheet: sort it, type into it, remove or insert a row, unshare it.
  private func touch(_ request: HTTPRequest, _ id: String, _ act: Substring) -> Reply {
    let body = try? JSONValue.parse(request.body)
    let title = body?["sheet"]?.string
    let row = body?["row"]?.int.map { Int(clamping: $0) - 1 } ?? -1
    let cells = (body?["values"]?.elements ?? []).map {
      SimulatedCell($0, isTyped: false) ?? .empty
    }
    let isDone = sheets.enter { state -> Bool in
      guard var found = state.spreadsheets[id], !found.sheets.isEmpty else { return false }
      let index = title.flatMap { title in found.sheets.firstIndex { $0.title == title } } ?? 0
      switch act {
      case "sort":
        found.sheets[index].sort(
          column: Int(clamping: body?["column"]?.int ?? 1) - 1,
          descending: body?["descending"]?.bool ?? false,
          heading: body?["heading"]?.bool ?? true)
      case "row":
        guard (0..<1_000_000).contains(row) else { return false }
        for (column, cell) in cells.enumerated() { found.sheets[index].set(row, column, cell) }
      case "insert":
        guard (0..<1_000_000).contains(row) else { return false }
        found.sheets[index].insertRows(1, at: row)
      case "delete":
        guard found.sheets[index].rows.indices.contains(row) else { return false }
        found.sheets[index].rows.remove(at: row)
      case "share": found.isShared = body?["shared"]?.bool ?? true
      default: return false
      }
      state.spreadsheets[id] = found
      return true
    }
    return isDone
      ? spreadsheet(id)
      : .json(
        ["error": "sort, row, insert, delete and share are what a person can do"], status: 400)
  }

  private func pushes() -> [JSON] {
    sheets.enter { $0.pushes }.map { push in
      [
        "service": .string(push.service), "order": .string(push.order),
        "event": .string(push.event), "to": .string(push.to), "title": .string(push.title),
        "body": .string(push.body), "at": .string(push.at.iso8601),
      ]
    }
  }

  /// Sorts every sheet, back and forth, as `human_sort` does it.
  func sortSheets() {
    sheets.enter { state in
      for id in state.spreadsheets.keys.sorted() {
        guard var found = state.spreadsheets[id] else { continue }
        for index in found.sheets.indices {
          let keys = found.sheets[index].rows.dropFirst().compactMap { $0.first?.shown }
          let isAscending = zip(keys, keys.dropFirst()).allSatisfy { $0 <= $1 }
          found.sheets[index].sort(column: 0, descending: isAscending, heading: true)
        }
        state.spreadsheets[id] = found
      }
    }
  }
}
