package dev.mostik.ml.prediction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mostik.ml.base.Asking;
import dev.mostik.ml.base.Realm;
import dev.mostik.ml.base.WebServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PredictionGatewayTest {
  @Test
  @DisplayName("asks for the role before it asks the model server, and says when that one is away")
  void refuses() throws Exception {
    try (var realm = new Realm()) {
      var server = PredictionGateway.routes(new WebServer(realm.verifier(), Optional::empty), new ModelServer(URI.create("http://127.0.0.1:1")));
      var asking = new Asking(server.start(0));
      try {
        String reader = realm.token("alice", "model-reader");
        assertEquals(401, asking.ask("POST", "/predictions/iris", null, "{\"rows\":[[1]]}").statusCode());
        assertEquals(403, asking.ask("POST", "/predictions/iris", realm.token("bob"), "{\"rows\":[[1]]}").statusCode());
        assertEquals(400, asking.ask("POST", "/predictions/iris", reader, "{\"rows\":[]}").statusCode());
        assertEquals(404, asking.ask("POST", "/predictions/..%2Fhealth", reader, "{\"rows\":[[1]]}").statusCode());
        assertEquals(503, asking.ask("POST", "/predictions/iris", reader, "{\"rows\":[[1]]}").statusCode());
        assertEquals(200, asking.status("GET", "/health/ready", null));
      } finally {
        server.stop(0);
      }
    }
  }

  @Test
  @DisplayName("asks a model once more when the connection was closed under the request")
  void asksOnceMore() throws Exception {
    try (var listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      var asked = CompletableFuture.supplyAsync(() -> {
        try {
          for (int times = 1;; times++) {
            try (Socket connection = listening.accept()) {
              readRequest(connection.getInputStream());
              if (times == 1) continue;
              connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"answer\":true}".getBytes(StandardCharsets.US_ASCII));
              return times;
            }
          }
        } catch (IOException problem) {
          throw new UncheckedIOException(problem);
        }
      });
      var models = new ModelServer(URI.create("http://127.0.0.1:" + listening.getLocalPort()));
      assertEquals(true, models.infer("iris", Map.of("inputs", List.of())).path("answer").asBoolean());
      assertEquals(2, asked.get());
    }
  }

  /** To the end of a body that ends with a brace: closing on unread bytes would be another failure. */
  private static void readRequest(InputStream stream) throws IOException {
    int last = 0;
    for (int read; last != '}' && (read = stream.read()) >= 0;) last = read;
  }
}
