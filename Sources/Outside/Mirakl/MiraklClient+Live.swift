import HTTP
public import HTTPClient
import Kit

extension MiraklClient {
  /// Not recorded for A01.
  static let accountNote = Array("(not kept: it holds bank data)".utf8)

  /// - Parameter deadline: of each call, to the last byte of its answer.
  public static func live(
    _ account: MiraklAccount, http: HTTPClient, deadline: Duration = .seconds(30)
  ) -> MiraklClient {
    let wire = MiraklWire(account: account, http: http, deadline: deadline)
    return MiraklClient(
      orders: { query in
        guard query.orderIDs.count <= MiraklOrderQuery.idsMax else {
          let error = MiraklErrors.bug("\(query.orderIDs.count) order ids in one query")
          return .unsent("OR11", "GET", account.baseURL + "/api/orders", error)
        }
        let only = query.orderIDs.count == 1 ? query.orderIDs.first : nil
        var sent = await wire.read("OR11", "/api/orders", query: query.text, relatedID: only)
        if query.orderIDs.count > 1 { sent.record = sent.record.with(subjects: query.orderIDs) }
        return sent.answer { body throws(OutsideError) in
          try MiraklOrderPage.page(from: body, offset: query.offset, max: query.max)
        }
      },
      accept: { id, lines in
        guard !lines.isEmpty else {
          return .unsent(
            "OR21", "PUT", wire.address(id, "accept"),
            MiraklErrors.bug("order \(id) has no line to accept"), relatedID: id)
        }
        return await wire.change("OR21", id, "accept", MiraklAcceptance.body(lines))
      },
      tracking: { id, tracking in await wire.change("OR23", id, "tracking", tracking.body) },
      ship: { id in await wire.change("OR24", id, "ship", nil) },
      cancel: { id in await wire.change("OR29", id, "cancel", nil) },
      carriers: {
        let sent = await wire.read("SH21", "/api/shipping/carriers", query: "", relatedID: nil)
        return sent.answer(MiraklCarrier.list(from:))
      },
      offers: { offset in
        let query = "max=\(MiraklOfferPage.limitMax)&offset=\(offset)"
        let sent = await wire.read("OF21", "/api/offers", query: query, relatedID: nil)
        return sent.answer { body throws(OutsideError) in try MiraklOfferPage(from: body) }
      },
      pushStock: { offers in
        let boundary = "quayside-" + UUIDv7.make().text
        guard
          let form = MiraklStockFile.form(MiraklStockFile.csv(offers), boundary: boundary)
        else {
          return .unsent(
            "STO01", "POST", account.baseURL + "/api/offers/stock/imports",
            MiraklErrors.bug("the boundary is in the file"))
        }
        let sent = await wire.post(
          "STO01", "/api/offers/stock/imports", form.body, contentType: form.contentType)
        return sent.answer(MiraklStockFile.importID(from:))
      },
      stockImport: { id in
        let path = "/api/offers/stock/imports/\(PercentEncoding.encode(id))/status"
        let sent = await wire.read("STO02", path, query: "", relatedID: nil)
        return sent.answer { body throws(OutsideError) in try MiraklStockImport(from: body) }
      },
      account: {
        var sent = await wire.read("A01", "/api/account", query: "", relatedID: nil)
        if !sent.record.responseBody.isEmpty {
          sent.record = sent.record.with(responseBody: accountNote)
        }
        return sent.answer { body throws(OutsideError) in try MiraklShop(from: body) }
      },
      threads: { await wire.threads($0) },
      thread: { await wire.thread($0) },
      reply: { await wire.reply($0, $1) },
      openThread: { await wire.open($0, $1) },
      attachment: { await wire.attachment($0, bytesMax: $1) })
  }
}
