package dev.mostik.ml.base;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks a server of a test. */
public final class Asking {
  private static final HttpClient client = HttpClient.newHttpClient();
  private final int port;

  public Asking(int port) {
    this.port = port;
  }

  public HttpResponse<String> ask(String method, String path, String token, String body) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
    if (token != null) request.header("Authorization", "Bearer " + token);
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  public int status(String method, String path, String token) throws IOException, InterruptedException {
    return ask(method, path, token, null).statusCode();
  }
}
