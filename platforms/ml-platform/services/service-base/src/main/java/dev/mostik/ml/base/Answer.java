package dev.mostik.ml.base;

/** What a request is answered with. */
public record Answer(int status, String contentType, byte[] body) {
  public static Answer json(int status, Object value) {
    return new Answer(status, "application/json", Json.write(value));
  }

  public static Answer ok(Object value) {
    return json(200, value);
  }

  /** Done, and there is nothing to tell. */
  public static Answer empty() {
    return new Answer(204, "", new byte[0]);
  }
}
