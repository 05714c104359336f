/* A page that is opened from disk may start no Worker: there, the search runs in a hidden frame.
   Messages arrive later and as copies, as a Worker's do: the search answers within its own call. */
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(url) {
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.documentElement.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => this.deliver(this, structuredClone(data));
      const script = inside.document.createElement("script");
      script.src = new URL(url, location.href).href;
      this.ready = new Promise((resolve) => (script.onload = resolve));
      script.onerror = () => this.onerror && this.onerror(new ErrorEvent("error"));
      inside.document.head.append(script);
    }
    deliver(target, data) {
      setTimeout(() => target.onmessage && target.onmessage(new MessageEvent("message", { data })));
    }
    postMessage(data) {
      const copy = structuredClone(data);
      this.ready.then(() => this.frame.isConnected && this.deliver(this.frame.contentWindow, copy));
    }
    terminate() {
      this.frame.remove();
    }
  };
}
