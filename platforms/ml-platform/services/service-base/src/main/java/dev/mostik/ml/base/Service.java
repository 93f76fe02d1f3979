package dev.mostik.ml.base;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** What all services do alike: their settings of tokens and HTTP, the start and the end. */
public final class Service {
  private Service() {}

  /** Reads OIDC_ISSUER, OIDC_KEYS_URL and OIDC_AUDIENCE, and makes the server of a service. */
  public static WebServer server(Settings settings, Supplier<Optional<String>> notReady) {
    var issuer = settings.url("OIDC_ISSUER");
    var keys = settings.url("OIDC_KEYS_URL");
    var audience = settings.text("OIDC_AUDIENCE");
    settings.check();
    return new WebServer(new TokenVerifier(issuer, keys, audience), notReady);
  }

  /** Listens on PORT until the process is asked to end; STOP_DELAY_SECONDS is how long it still answers then. */
  public static void run(String name, Settings settings, WebServer server, Runnable after) throws IOException {
    int port = settings.number("PORT", 8080, 1, 65535);
    int delay = settings.number("STOP_DELAY_SECONDS", 3, 0, 60);
    settings.check();
    server.stopOnSignal(delay, after);
    Log.info("listening", "service", name, "port", server.start(port));
  }
}
