package dev.mostik.ml.base;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A realm with a key pair of its own: serves the public key over HTTP as any identity server does, and signs tokens. */
public final class Realm implements AutoCloseable {
  public static final URI issuer = URI.create("http://auth.example.org/realms/test");
  public static final String audience = "model-registry-app";

  private final RSAKey key;
  private final HttpServer server;

  public Realm() {
    try {
      key = new RSAKeyGenerator(2048).keyID("first").generate();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (JOSEException | IOException problem) {
      throw new IllegalStateException(problem);
    }
    byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes();
    server.createContext("/certs", exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, keys.length);
      exchange.getResponseBody().write(keys);
      exchange.close();
    });
    server.start();
  }

  public TokenVerifier verifier() {
    return new TokenVerifier(issuer, URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/certs"), audience);
  }

  /** A good token of somebody with these roles. */
  public String token(String name, String... roles) {
    return token(name, List.of(roles), claims -> claims, key);
  }

  /** A token with something else in it. */
  public String token(String name, List<String> roles, UnaryOperator<JWTClaimsSet.Builder> change, RSAKey signedBy) {
    var claims = new JWTClaimsSet.Builder()
        .issuer(issuer.toString())
        .audience(audience)
        .subject("id-of-" + name)
        .claim("preferred_username", name)
        .claim("realm_access", Map.of("roles", roles))
        .issueTime(Date.from(Instant.now()))
        .expirationTime(Date.from(Instant.now().plusSeconds(300)));
    try {
      var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first").build(), change.apply(claims).build());
      token.sign(new RSASSASigner(signedBy));
      return token.serialize();
    } catch (JOSEException problem) {
      throw new IllegalStateException(problem);
    }
  }

  public RSAKey key() {
    return key;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
