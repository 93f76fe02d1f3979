package dev.mostik.ml.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WebServerTest {
  private static Realm realm;
  private static WebServer server;
  private static Asking asking;

  @BeforeAll
  static void start() throws Exception {
    realm = new Realm();
    server = new WebServer(realm.verifier(), Optional::empty)
        .on("GET", "/things/{name}", "reader", request -> Answer.ok(Map.of("name", request.part("name"), "caller", request.caller().name())))
        .on("POST", "/things", "writer", request -> Answer.json(201, Json.read(request.body())))
        .on("GET", "/broken", "reader", request -> {
          throw new IllegalStateException("a reason for the log");
        });
    asking = new Asking(server.start(0));
  }

  @AfterAll
  static void stop() {
    server.stop(0);
    realm.close();
  }

  @Test
  @DisplayName("answers who has the role, and names the caller")
  void answers() throws Exception {
    var answer = asking.ask("GET", "/things/one", realm.token("alice", "reader"), null);
    assertEquals(200, answer.statusCode());
    assertEquals(Json.read("{\"name\":\"one\",\"caller\":\"alice\"}".getBytes()), Json.read(answer.body().getBytes()));
  }

  @Test
  @DisplayName("refuses who has no token with 401, and who has not the role with 403")
  void refuses() throws Exception {
    var none = asking.ask("GET", "/things/one", null, null);
    assertEquals(401, none.statusCode());
    assertEquals("Bearer", none.headers().firstValue("WWW-Authenticate").orElse(""));
    assertEquals(401, asking.status("GET", "/things/one", "not-a-token"));
    var other = asking.ask("GET", "/things/one", realm.token("bob", "writer"), null);
    assertEquals(403, other.statusCode());
    assertTrue(other.body().contains("bob has not the role reader"), other.body());
    assertEquals(403, asking.status("GET", "/things/one", realm.token("bob")));
  }

  @Test
  @DisplayName("refuses tokens of another issuer, for another audience, that ended, or that another key signed")
  void refusesBadTokens() throws Exception {
    Map<String, UnaryOperator<JWTClaimsSet.Builder>> changes = Map.of(
        "issuer", claims -> claims.issuer("http://auth.example.org/realms/other"),
        "audience", claims -> claims.audience("another-app"),
        "end", claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(600))),
        "no end", claims -> claims.expirationTime(null));
    for (var change : changes.entrySet()) {
      assertEquals(401, asking.status("GET", "/things/one", realm.token("alice", List.of("reader"), change.getValue(), realm.key())), change.getKey());
    }
    var stranger = new RSAKeyGenerator(2048).keyID("first").generate();
    assertEquals(401, asking.status("GET", "/things/one", realm.token("alice", List.of("reader"), claims -> claims, stranger)));
    String good = realm.token("alice", "reader");
    String unsigned = "eyJhbGciOiJub25lIn0." + good.split("\\.")[1] + ".";
    assertEquals(401, asking.status("GET", "/things/one", unsigned));
  }

  @Test
  @DisplayName("says 503 when the keys of the realm cannot be fetched, since the caller did nothing wrong")
  void keysAway() throws Exception {
    var verifier = new TokenVerifier(Realm.issuer, URI.create("http://127.0.0.1:1/certs"), Realm.audience);
    var other = new WebServer(verifier, Optional::empty).on("GET", "/things", "reader", request -> Answer.empty());
    try {
      assertEquals(503, new Asking(other.start(0)).status("GET", "/things", realm.token("alice", "reader")));
    } finally {
      other.stop(0);
    }
  }

  @Test
  @DisplayName("tells unknown paths, other methods, bodies that are no JSON, and failures apart")
  void otherMistakes() throws Exception {
    String token = realm.token("alice", "reader", "writer");
    assertEquals(404, asking.status("GET", "/nothing", token));
    assertEquals(405, asking.status("DELETE", "/things/one", token));
    assertEquals(400, asking.ask("POST", "/things", token, "{").statusCode());
    assertEquals(400, asking.ask("POST", "/things", token, "").statusCode());
    assertEquals(413, asking.ask("POST", "/things", token, "\"" + "x".repeat(9 * 1024 * 1024) + "\"").statusCode());
    assertEquals(401, asking.ask("POST", "/things", null, "x".repeat(9 * 1024 * 1024)).statusCode());
    var broken = asking.ask("GET", "/broken", token, null);
    assertEquals(500, broken.statusCode());
    assertTrue(!broken.body().contains("a reason"), broken.body());
  }

  @Test
  @DisplayName("needs no token for its health, and says what it lacks")
  void health() throws Exception {
    assertEquals(200, asking.status("GET", "/health/live", null));
    assertEquals(200, asking.status("GET", "/health/ready", null));
    var lacking = new WebServer(realm.verifier(), () -> Optional.of("the database does not answer"));
    try {
      var other = new Asking(lacking.start(0));
      assertEquals(200, other.status("GET", "/health/live", null));
      var ready = other.ask("GET", "/health/ready", null, null);
      assertEquals(503, ready.statusCode());
      assertTrue(ready.body().contains("the database does not answer"), ready.body());
    } finally {
      lacking.stop(0);
    }
  }

  @Test
  @DisplayName("stops gracefully: not ready at once, requests that are under way are answered")
  void stopsGracefully() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var ending = new WebServer(realm.verifier(), Optional::empty).on("GET", "/slow", "reader", request -> {
      begun.countDown();
      goOn.await();
      return Answer.ok(Map.of("done", true));
    });
    var other = new Asking(ending.start(0));
    String token = realm.token("alice", "reader");
    var answer = CompletableFuture.supplyAsync(() -> {
      try {
        return other.status("GET", "/slow", token);
      } catch (Exception problem) {
        throw new IllegalStateException(problem);
      }
    });
    begun.await();
    var stopping = CompletableFuture.runAsync(() -> ending.stop(1));
    int ready;
    do {
      ready = other.status("GET", "/health/ready", null);
    } while (ready == 200);
    assertEquals(503, ready);
    goOn.countDown();
    assertEquals(200, answer.get());
    stopping.get();
  }
}
