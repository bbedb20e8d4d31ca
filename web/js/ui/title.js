// @ts-check
/** The title of the window: where one is, and how much is unread. */

export class Title {
  /**
   * @param {Document} document
   * @param {() => string} box
   */
  constructor(document, box) {
    this.document = document;
    this.box = box;
    this.page = "";
    this.unread = 0;
  }

  /** @param {string} page */
  name(page) {
    this.page = page;
    this.show();
  }

  /** @param {number} unread */
  count(unread) {
    this.unread = unread;
    this.show();
  }

  show() {
    const parts = [this.page, this.box()].filter((part, at, all) => part && all.indexOf(part) === at);
    const count = this.unread ? `(${this.unread}) ` : "";
    this.document.title = count + parts.join(" · ");
  }
}
