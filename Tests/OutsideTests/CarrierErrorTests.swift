import CanadaPost
import HTTP
import HTTPClient
import Kit
import Testing

@Suite("What the carrier's refusals mean")
struct CarrierErrorTests {
  private func classify(
    _ status: Int, _ body: String = "", _ call: CanadaPostErrors.Call = .create,
    headers: HTTPHeaders = [:]
  ) -> Classification {
    let response = HTTPClientResponse(status: status, headers: headers, body: Array(body.utf8))
    return CanadaPostErrors.error(response, call).classification
  }

  private func classify(
    _ status: Int, code: String, _ text: String = "no", _ call: CanadaPostErrors.Call = .create
  ) -> Classification {
    classify(status, Samples.messages((code, text)), call)
  }

  @Test("wrong data are named by their field")
  func fields() {
    #expect(classify(400, code: "1156").fields == ["destination.address-line-1"])
    #expect(classify(400, code: "01157").fields == ["destination.city"])
    #expect(classify(400, code: "1159").fields == ["destination.prov-state"])
    #expect(classify(500, code: "9162").fields == ["parcel-characteristics.dimensions"])
    let two = Samples.messages(("1156", "line"), ("1159", "province"), ("77", "what?"))
    #expect(
      classify(400, two).fields == [
        "destination.address-line-1", "destination.prov-state", "shipment",
      ])
  }

  @Test("trouble of the account or the key is denied, not counted against the order")
  func account() {
    for code in ["E002", "AA001", "AA01", "AA004", "1711", "2500", "9173", "9174"] {
      #expect(classify(400, code: code).isDenied, "\(code)")
    }
    #expect(classify(401).isDenied)
    #expect(classify(403, "<html>").isDenied)
  }

  @Test("an unknown code with status 400 is a refusal; the empty envelope too")
  func refused() {
    #expect(classify(400, code: "31415").isRefused)
    #expect(classify(400, "<messages/>").isRefused)
    #expect(classify(400, code: "1162").isRefused)
    #expect(classify(412, code: "31415", "no", .change).isRefused)
  }

  @Test("our own XML errors are a bug, whatever the status")
  func schema() {
    let text = "/rs/1/1/shipment: cvc-complex-type.2.4.a: Invalid content was found"
    #expect(classify(500, code: "Server", text).isBug)
    #expect(classify(400, code: "Server", text).isBug)
    #expect(classify(406).isBug)
    #expect(classify(415, "<messages/>").isBug)
  }

  @Test("the gateway's throttle is known by its words, whatever the status")
  func throttle() {
    for status in [400, 429, 500, 503] {
      #expect(
        classify(status, code: "Server", "Rejected by SLM Monitor")
          == .throttled(retryAfter: .seconds(60)))
    }
    #expect(classify(429, headers: ["Retry-After": "3"]) == .throttled(retryAfter: .seconds(3)))
  }

  @Test("only the carrier's own envelope refuses a purchase; anything else leaves it unknown")
  func ambiguous() {
    for status in [400, 404, 409, 408, 412, 500, 502, 503, 504, 302] {
      for body in ["", "<html><body>Bad Gateway</body></html>", "<html>", "{}"] {
        #expect(classify(status, body).isUnknown, "\(status) \(body)")
        #expect(classify(status, body, .change).isUnknown || status == 412, "\(status) \(body)")
        #expect(classify(status, body, .read).isTransient || status == 412, "\(status) \(body)")
      }
    }
    #expect(classify(500, code: "Server", "Failed to establish a backside connection").isUnknown)
    #expect(classify(412, code: "31415").isUnknown)
  }

  @Test("a missing shipment is missing only when the carrier itself says so")
  func absent() {
    #expect(classify(404, "<messages/>", .read).isNotFound)
    #expect(classify(404, Samples.messages(), .change).isNotFound)
    #expect(classify(404, "<html><h1>Not Found</h1></html>", .read).isTransient)
    #expect(classify(404, code: "004", "No Pin History", .read).isNotFound)
  }

  @Test("what is done already is a conflict; what is not ready is read again")
  func states() {
    #expect(classify(409, code: "7292", "no", .change).isConflict)
    #expect(classify(400, code: "8064", "no", .change).isConflict)
    for code in ["9150", "9151", "9153", "9155"] {
      #expect(classify(500, code: code, "no", .read).isTransient)
      #expect(classify(500, code: code).isUnknown)
    }
    #expect(classify(400, code: "9110").isPerson)
  }

  @Test("words are bounded, and secrets in them are not shown")
  func words() {
    Redaction.register(["s3cret-user-half"])
    let text = "no label at /artifact/s3cret-user-half/1 " + String(repeating: "x", count: 5_000)
    let response = HTTPClientResponse(
      status: 400, headers: [:], body: Array(Samples.messages(("1", text)).utf8))
    let error = CanadaPostErrors.error(response, .read)
    #expect(!error.message.contains("s3cret-user-half"))
    #expect(error.message.count <= 500)
  }
}
