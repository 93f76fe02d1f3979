package dev.mostik.ml.base;

import java.util.Map;

/** A request that was let in. The caller is null on routes that are open to everybody. */
public record Request(Map<String, String> path, byte[] body, Caller caller) {
  /** The part of the path that the route names in braces. */
  public String part(String name) {
    String value = path.get(name);
    if (value == null) throw new IllegalArgumentException("the route has no part " + name);
    return value;
  }
}
