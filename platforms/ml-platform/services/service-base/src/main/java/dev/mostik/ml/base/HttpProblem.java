package dev.mostik.ml.base;

/** Ends a request with a status and one sentence for whoever asked. */
public final class HttpProblem extends RuntimeException {
  private final int status;

  public HttpProblem(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
