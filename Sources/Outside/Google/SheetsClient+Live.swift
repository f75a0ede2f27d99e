import HTTP
public import HTTPClient
public import Kit

extension SheetsClient {
  /// - Parameters:
  ///   - tokens: of the scope `.sheets`.
  ///   - deadline: of each call, to the last byte of its answer.
  ///   - report: is given the record of a call that was made again with a new token.
  public static func live(
    _ endpoints: GoogleEndpoints, tokens: TokenKeeper, http: HTTPClient,
    deadline: Duration = .seconds(60), report: @escaping @Sendable (CallRecord) async -> Void
  ) -> SheetsClient {
    let wire = GoogleWire(
      tokens: tokens, http: http, deadline: deadline, table: SheetsErrors.table, report: report)
    @Sendable func address(_ spreadsheet: String, _ rest: String) -> String {
      "\(endpoints.sheets)/v4/spreadsheets/\(PercentEncoding.encode(spreadsheet))/\(rest)"
    }
    return SheetsClient(
      get: { spreadsheet, range in
        let call = GoogleCall(
          endpoint: "ValuesGet", method: "GET",
          url: address(spreadsheet, "values/\(range.encoded)?\(Wire.unformatted)"), isRead: true,
          keepsAnswer: false)
        return await wire.send(call) { response throws(OutsideError) in
          try Wire.rows(response.body)
        }
      },
      append: { spreadsheet, block, orders in
        let call = GoogleCall(
          endpoint: "ValuesAppend", method: "POST",
          url: address(
            spreadsheet, "values/\(block.range.encoded):append?\(Wire.raw)&\(Wire.insertRows)"),
          body: Wire.body(block).bytes, isRead: false, subjects: orders)
        return await wire.send(call) { response throws(OutsideError) in
          try Wire.write(Wire.written(response.body)["updates"])
        }
      },
      update: { spreadsheet, block, orders in
        let call = GoogleCall(
          endpoint: "ValuesUpdate", method: "PUT",
          url: address(spreadsheet, "values/\(block.range.encoded)?\(Wire.raw)"),
          body: Wire.body(block).bytes, isRead: false, subjects: orders)
        return await wire.send(call) { response throws(OutsideError) in
          try Wire.write(Wire.written(response.body))
        }
      },
      batchUpdate: { spreadsheet, blocks, orders in
        let body: JSON = [
          "valueInputOption": "RAW", "data": .array(blocks.map(Wire.body)),
          "includeValuesInResponse": false,
        ]
        let call = GoogleCall(
          endpoint: "ValuesBatchUpdate", method: "POST",
          url: address(spreadsheet, "values:batchUpdate"), body: body.bytes, isRead: false,
          subjects: orders)
        return await wire.send(call) { response throws(OutsideError) in
          try Wire.batch(Wire.written(response.body))
        }
      })
  }
}

/// The shapes on the wire.
private enum Wire {
  static let raw = "valueInputOption=RAW"
  static let insertRows = "insertDataOption=INSERT_ROWS"
  static let unformatted =
    "majorDimension=ROWS&valueRenderOption=UNFORMATTED_VALUE"
    + "&dateTimeRenderOption=FORMATTED_STRING"

  static func body(_ block: SheetBlock) -> JSON {
    [
      "range": .string(block.range.description), "majorDimension": "ROWS",
      "values": .array(block.rows.map { .array($0.map(\.json)) }),
    ]
  }

  static func rows(_ body: [UInt8]) throws(OutsideError) -> [[SheetValue]] {
    guard let value = try? JSONValue.parse(body), value.kind == .object,
      value["range"]?.kind == .string, value["values"].map({ $0.kind == .array }) ?? true
    else { throw SheetsErrors.unreadable("the values cannot be read") }
    return (value["values"]?.elements ?? []).map { row in row.elements.map(SheetValue.init) }
  }

  /// A write was answered well: whatever cannot be read of it, it may have happened.
  static func written(_ body: [UInt8]) throws(OutsideError) -> JSONValue {
    guard let value = try? JSONValue.parse(body), value.kind == .object,
      value["spreadsheetId"]?.kind == .string
    else { throw SheetsErrors.lost("the answer to a write cannot be read") }
    return value
  }

  static func write(_ value: JSONValue?) throws(OutsideError) -> SheetWrite {
    guard let value, let range = value["updatedRange"]?.string else {
      throw SheetsErrors.lost("the answer to a write names no range")
    }
    return SheetWrite(range: range, rows: Int(clamping: value["updatedRows"]?.int ?? 0))
  }

  static func batch(_ value: JSONValue) throws(OutsideError) -> SheetWrite {
    let first = value["responses"]?.elements.first?["updatedRange"]?.string
    return SheetWrite(
      range: first ?? "", rows: Int(clamping: value["totalUpdatedRows"]?.int ?? 0))
  }
}
