package dev.mostik.ml.prediction;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mostik.ml.base.HttpProblem;
import dev.mostik.ml.base.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;

/** The server of the V2 inference protocol. */
final class ModelServer {
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(3)).build();
  private final URI url;

  ModelServer(URI url) {
    this.url = url;
  }

  /** What it tells of a model: versions, inputs, outputs. */
  JsonNode describe(String model) {
    return answer(model, send(HttpRequest.newBuilder(url.resolve("/v2/models/" + model)).GET(), Duration.ofSeconds(10)));
  }

  /** Asks a model. */
  JsonNode infer(String model, Map<String, Object> body) {
    var request = HttpRequest.newBuilder(url.resolve("/v2/models/" + model + "/infer")).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
    return answer(model, send(request, Duration.ofSeconds(30)));
  }

  private static JsonNode answer(String model, HttpResponse<byte[]> response) {
    if (response.statusCode() == 404) throw new HttpProblem(404, "there is no model " + model);
    if (response.statusCode() == 400 || response.statusCode() == 422) throw new HttpProblem(400, "the model takes other rows: " + Json.read(response.body()).path("error").asText("no reason given"));
    if (response.statusCode() != 200) throw new HttpProblem(502, "the model server answered with " + response.statusCode());
    return Json.read(response.body());
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder builder, Duration timeout) {
    HttpRequest request = builder.timeout(timeout).build();
    try {
      try {
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      } catch (HttpTimeoutException slow) {
        throw slow;
      } catch (IOException closed) {
        // A server that ends closes kept connections, also under a request. A question to a model may be asked twice.
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      }
    } catch (IOException problem) {
      throw new HttpProblem(503, "the model server does not answer");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new HttpProblem(503, "the service is about to stop");
    }
  }
}
