package dev.mostik.ml.catalog;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A real PostgreSQL of this machine on a free port, with a folder of its own. */
final class LocalPostgres implements AutoCloseable {
  private final Path bin;
  private final Path folder = Path.of("/tmp", "ml-catalog-" + ProcessHandle.current().pid());
  private final int port;

  /** The folder of the newest installed server, or null where there is none. */
  static Path installed() {
    try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions.map(version -> version.resolve("bin")).filter(bin -> Files.isExecutable(bin.resolve("initdb"))).max(Comparator.naturalOrder()).orElse(null);
    } catch (IOException none) {
      return null;
    }
  }

  LocalPostgres() throws IOException, InterruptedException {
    bin = installed();
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Files.createDirectories(folder);
    if (isRoot()) run("chown", "postgres", folder.toString());
    asOwner("initdb", "--pgdata", data(), "--auth", "trust", "--username", "catalog", "--no-sync");
    start();
  }

  void start() throws IOException, InterruptedException {
    asOwner("pg_ctl", "--pgdata", data(), "--wait", "--log", folder.resolve("log").toString(), "--options", "-F -c listen_addresses=127.0.0.1 -c unix_socket_directories= -p " + port, "start");
  }

  void stop() throws IOException, InterruptedException {
    asOwner("pg_ctl", "--pgdata", data(), "--mode", "immediate", "--wait", "stop");
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  @Override
  public void close() throws IOException {
    try {
      stop();
      run("rm", "-rf", folder.toString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** PostgreSQL does not run as root. */
  private void asOwner(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(isRoot() ? List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") : List.of());
    command.add(bin.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    run(command.toArray(String[]::new));
  }

  private void run(String... command) throws IOException, InterruptedException {
    var output = Files.createTempFile("ml-catalog", ".out");
    var process = new ProcessBuilder(command).directory(Path.of("/tmp").toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    int code = process.waitFor();
    String text = Files.readString(output);
    Files.delete(output);
    if (code != 0) throw new IOException(String.join(" ", command) + ": " + text);
  }
}
