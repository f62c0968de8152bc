// A stand-in for Worker on pages that were opened from a folder (file://), where browsers start no workers.
// The script runs in a hidden frame instead; messages go both ways as a worker's would.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    #waiting = []

    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.append(frame)
      this.inside = frame.contentWindow
      this.inside.postMessage = data => this.#deliver(data)
      const script = this.inside.document.createElement("script")
      script.src = new URL(url, document.baseURI).href
      script.onload = () => this.#start()
      script.onerror = event => this.dispatchEvent(new ErrorEvent("error", { message: `cannot load ${url}`, error: event }))
      this.inside.document.body.append(script)
    }

    postMessage(data) {
      if (this.#waiting) this.#waiting.push(data)
      else this.inside.dispatchEvent(new this.inside.MessageEvent("message", { data }))
    }

    terminate() {
      this.inside.frameElement?.remove()
    }

    #start() {
      const waiting = this.#waiting
      this.#waiting = null
      for (const data of waiting) this.postMessage(data)
    }

    #deliver(data) {
      const event = new MessageEvent("message", { data })
      this.dispatchEvent(event)
      this.onmessage?.(event)
    }
  }
}
