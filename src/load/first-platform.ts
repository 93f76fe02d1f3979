/** The platform file that `mostik init` writes: one workload that runs, and what comes next as comments. */
export function firstPlatform(name: string): string {
  return `# A platform: what runs, where, and in which order.
#   mostik up        a cluster on this machine, and this platform on it
#   mostik plan      what would change, exactly
#   mostik destroy   everything away again
apiVersion: mostik.dev/v1
kind: Platform
metadata:
  name: ${name}
spec:
  kubernetes: "1.36"

  # Without this, the platform runs on an embedded Kubernetes with three simulated nodes.
  # cluster:
  #   provider: existing
  #   contexts: [my-context]

  # Passwords are generated once and kept in .env and in the cluster, never in Git.
  # secrets:
  #   db: { generate: { length: 24 } }

  components:
    web:
      workload:
        image: nginx:1.27
        port: 80
        replicas: 1
      # Where it answers from outside of the cluster:
      # expose: { host: ${name}.example.org }

    # A Helm chart with its values; web would start after it with \`uses: [database]\`.
    # database:
    #   chart: charts/database
    #   files: [values/database.yaml]
    #   secretValues: { auth.password: db }
    #   data: true

  # Variants: \`mostik up -p small\`.
  profiles:
    small:
      components:
        web: { workload: { resources: { limits: { cpu: 100m, memory: 64Mi } } } }
`;
}

/** The README beside it. */
export function firstReadme(name: string): string {
  return `# ${name}

What runs is described in [platform.yaml](platform.yaml).

| command | what it does |
|---|---|
| \`mostik up\` | makes a cluster on this machine if none is named, and brings the platform up on it |
| \`mostik plan\` | shows what would change |
| \`mostik status\` | shows what runs, and why something does not |
| \`mostik rollback\` | goes back to the generation before |
| \`mostik destroy\` | takes everything away again |
`;
}
