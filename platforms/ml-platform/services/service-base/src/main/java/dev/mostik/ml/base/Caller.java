package dev.mostik.ml.base;

import java.util.Set;

/** Who asks, as the token says: the name people see, and the roles of the realm. */
public record Caller(String name, Set<String> roles) {
  public Caller {
    roles = Set.copyOf(roles);
  }
}
