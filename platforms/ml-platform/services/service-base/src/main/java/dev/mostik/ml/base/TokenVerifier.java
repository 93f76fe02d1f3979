package dev.mostik.ml.base;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads access tokens of one realm. The issuer is the public name of the realm, which stands in every token; its keys are
 * fetched under the name that the cluster knows, so that no service needs a way through the Ingress.
 */
public final class TokenVerifier {
  private static final Set<JWSAlgorithm> algorithms = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.PS256);
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  public TokenVerifier(URI issuer, URI keys, String audience) {
    try {
      var retriever = new DefaultResourceRetriever(3000, 3000, 256 * 1024);
      var source = JWKSourceBuilder.create(keys.toURL(), retriever).retrying(true).build();
      processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, source));
    } catch (MalformedURLException problem) {
      throw new IllegalArgumentException(problem);
    }
    var exactly = new JWTClaimsSet.Builder().issuer(issuer.toString()).build();
    processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(audience, exactly, Set.of("sub", "exp", "iat")));
  }

  /** Tells who holds a token; a token that is not good is the caller's mistake, keys that cannot be had are not. */
  public Caller verify(String token) {
    try {
      return callerOf(processor.process(token, null));
    } catch (KeySourceException problem) {
      Log.error("the keys of the realm cannot be fetched", "reason", problem.getMessage());
      throw new HttpProblem(503, "tokens cannot be checked: the identity server does not answer");
    } catch (ParseException | BadJOSEException | JOSEException problem) {
      throw new HttpProblem(401, "the token is not valid: " + problem.getMessage());
    }
  }

  private static Caller callerOf(JWTClaimsSet claims) {
    try {
      String name = claims.getStringClaim("preferred_username");
      Object roles = claims.getClaim("realm_access") instanceof Map<?, ?> access ? access.get("roles") : null;
      Set<String> names = roles instanceof Collection<?> list ? list.stream().map(String::valueOf).collect(Collectors.toSet()) : Set.of();
      return new Caller(name == null ? claims.getSubject() : name, names);
    } catch (ParseException problem) {
      throw new HttpProblem(401, "the token is not valid: " + problem.getMessage());
    }
  }
}
