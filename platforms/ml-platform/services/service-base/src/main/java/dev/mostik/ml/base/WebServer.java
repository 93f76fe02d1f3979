package dev.mostik.ml.base;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The HTTP side of a service: routes that ask for a role, /health/live, /health/ready, and a stop that lets requests end.
 * The listening socket is of the JDK itself.
 */
public final class WebServer {
  /** Bodies beyond this are refused. */
  private static final int largestBody = 8 * 1024 * 1024;
  /** How much of a body that nobody wants is read after the answer: a connection closed on unread bytes is reset, and takes the answer with it. */
  private static final int largestRest = 8 * largestBody;
  /** How long requests may take once the service stops. */
  private static final int longestEndSeconds = 10;

  private final List<Route> routes = new ArrayList<>();
  private final Supplier<Optional<String>> notReady;
  private final TokenVerifier verifier;
  private final ExecutorService threads = Executors.newFixedThreadPool(16);
  private final AtomicInteger underWay = new AtomicInteger();
  private HttpServer server;
  private volatile boolean stopping;

  /** `notReady` tells in words what the service lacks to do its work, and nothing when it lacks nothing. */
  public WebServer(TokenVerifier verifier, Supplier<Optional<String>> notReady) {
    this.verifier = verifier;
    this.notReady = notReady;
    open("GET", "/health/live", request -> Answer.ok(Map.of("status", "ok")));
    open("GET", "/health/ready", request -> ready());
  }

  /** Adds a route for those who have a role. */
  public WebServer on(String method, String path, String role, Route.Handler handler) {
    routes.add(new Route(method, path.substring(1).split("/"), role, handler));
    return this;
  }

  private void open(String method, String path, Route.Handler handler) {
    on(method, path, null, handler);
  }

  /** Listens, and returns the port: the one asked for, or a free one for 0. */
  public int start(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 128);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
    return server.getAddress().getPort();
  }

  /** Says that it is not ready, waits until nobody sends here any more, lets requests end, and stops. */
  public void stop(int delaySeconds) {
    stopping = true;
    try {
      Thread.sleep(delaySeconds * 1000L);
      // The delay of HttpServer.stop is waited for to its end even when nothing is under way.
      for (int tenths = 0; underWay.get() > 0 && tenths < longestEndSeconds * 10; tenths++) Thread.sleep(100);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    threads.shutdown();
  }

  /** Stops when the process is asked to end. */
  public void stopOnSignal(int delaySeconds, Runnable after) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      stop(delaySeconds);
      after.run();
      Log.info("stopped");
    }));
  }

  private Answer ready() {
    Optional<String> lack = stopping ? Optional.of("the service is about to stop") : notReady.get();
    return lack.map(reason -> Answer.json(503, Map.of("status", "not ready", "reason", reason))).orElseGet(() -> Answer.ok(Map.of("status", "ok")));
  }

  private void serve(HttpExchange exchange) {
    underWay.incrementAndGet();
    try {
      answer(exchange);
    } finally {
      underWay.decrementAndGet();
    }
  }

  private void answer(HttpExchange exchange) {
    long started = System.nanoTime();
    String path = exchange.getRequestURI().getPath();
    Answer answer = answerOf(exchange, path);
    try (exchange) {
      if (answer.status() == 401) exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      if (!answer.contentType().isEmpty()) exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
      if (answer.body().length > 0) {
        exchange.getResponseBody().write(answer.body());
        exchange.getResponseBody().flush();
        readRest(exchange.getRequestBody());
      }
    } catch (IOException gone) {
      // Whoever asked does not listen any more.
    }
    if (!path.startsWith("/health/")) Log.info("request", "method", exchange.getRequestMethod(), "path", path, "status", answer.status(), "milliseconds", (System.nanoTime() - started) / 1_000_000);
  }

  private Answer answerOf(HttpExchange exchange, String path) {
    try {
      return dispatch(exchange, path.substring(1).split("/"));
    } catch (HttpProblem problem) {
      return Answer.json(problem.status(), Map.of("error", problem.getMessage()));
    } catch (Exception problem) {
      Log.error("a request failed", "path", path, "reason", problem);
      return Answer.json(500, Map.of("error", "the service failed; its log says why"));
    }
  }

  private Answer dispatch(HttpExchange exchange, String[] path) throws Exception {
    boolean otherMethod = false;
    for (Route route : routes) {
      Optional<Map<String, String>> parts = route.match(path);
      if (parts.isEmpty()) continue;
      if (!route.method().equals(exchange.getRequestMethod())) {
        otherMethod = true;
        continue;
      }
      Caller caller = route.role() == null ? null : admit(exchange, route.role());
      return route.handler().answer(new Request(parts.get(), bodyOf(exchange), caller));
    }
    throw otherMethod ? new HttpProblem(405, "this path does not take the method " + exchange.getRequestMethod()) : new HttpProblem(404, "there is nothing at this path");
  }

  private Caller admit(HttpExchange exchange, String role) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) throw new HttpProblem(401, "a token is needed: Authorization: Bearer TOKEN");
    Caller caller = verifier.verify(header.substring(7).trim());
    if (!caller.roles().contains(role)) throw new HttpProblem(403, caller.name() + " has not the role " + role);
    return caller;
  }

  private static byte[] bodyOf(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(largestBody + 1);
    if (body.length > largestBody) throw new HttpProblem(413, "the body is larger than " + largestBody / 1024 / 1024 + " MiB");
    return body;
  }

  private static void readRest(InputStream body) throws IOException {
    byte[] thrownAway = new byte[64 * 1024];
    int read;
    for (int rest = largestRest; rest > 0 && (read = body.read(thrownAway)) >= 0; rest -= read) {}
  }
}
