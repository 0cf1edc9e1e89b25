/** Thrown where an environment cannot be had on this machine, which is no fault of the package. */
export class NotAvailable extends Error {
  constructor(reason, cure) {
    super(`${reason}; ${cure}`);
  }
}
