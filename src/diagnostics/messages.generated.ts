// Generated from messages/*.md by `npm run update:messages`. Do not edit.

/** The names each message is filled with. */
export interface Params {
  'allowance-unused': { name: string | number };
  'answer-needed': { where: string | number };
  'answer-no': { where: string | number };
  'api-deprecated': { object: string | number; apiVersion: string | number; what: string | number; hint: string | number };
  'api-not-provided': { object: string | number; kind: string | number; apiVersion: string | number; how: string | number };
  'api-off': { object: string | number; kubernetes: string | number; kind: string | number; apiVersion: string | number; near: string | number };
  'api-removed': { object: string | number; kind: string | number; apiVersion: string | number; removed: string | number; hint: string | number };
  'api-unknown': { object: string | number; who: string | number; kind: string | number; apiVersion: string | number; near: string | number };
  'argument-excess': { where: string | number; expected: string | number; word: string | number };
  'argument-invalid': { where: string | number; expected: string | number; value: string | number };
  'argument-missing': { where: string | number; name: string | number };
  'autoscaler-bounds': { object: string | number; low: string | number; least: string | number; high: string | number; most: string | number };
  'autoscaler-no-requests': { object: string | number; path: string | number; resource: string | number; target: string | number; containers: string | number };
  'autoscaler-target-missing': { object: string | number; target: string | number; hint: string | number };
  'autoscaler-twice': { object: string | number; target: string | number; other: string | number };
  'bad-value': { where: string | number; expected: string | number; got: string | number; hint: string | number };
  'browser-missing': { reason: string | number };
  'budget-exceeded': { rule: string | number; what: string | number; limit: string | number; list: string | number; allow: string | number };
  'catalog-unknown': { where: string | number; name: string | number; hint: string | number };
  'certificate-refused': { context: string | number; server: string | number; problem: string | number };
  'chart-broken': { component: string | number; message: string | number };
  'chart-deprecated': { component: string | number; message: string | number };
  'chart-invalid': { where: string | number; path: string | number; problem: string | number; hint: string | number };
  'chart-kind-unknown': { kind: string | number; hint: string | number };
  'chart-kube-version': { component: string | number; message: string | number };
  'chart-not-found': { component: string | number; message: string | number };
  'chart-schema-unread': { path: string | number; problem: string | number };
  'chart-unknown': { where: string | number; path: string | number; hint: string | number };
  'claim-cannot-grow': { claim: string | number; to: string | number; from: string | number; class: string | number };
  'claim-incomplete': { object: string | number; problem: string | number };
  'claim-shrinks': { claim: string | number; to: string | number; from: string | number };
  'cluster-choice': { where: string | number; clusters: string | number };
  'cluster-elsewhere': { name: string | number; host: string | number };
  'cluster-kubernetes-differs': { name: string | number; current: string | number; asked: string | number };
  'cluster-kubernetes-unsupported': { name: string | number; asked: string | number; release: string | number; supported: string | number };
  'cluster-missing': { cluster: string | number };
  'cluster-name-invalid': { name: string | number };
  'cluster-not-ready': { name: string | number; seconds: string | number; what: string | number; logs: string | number };
  'cluster-port-taken': { name: string | number; port: string | number; use: string | number; holder: string | number; replacement: string | number; hint: string | number };
  'cluster-program-missing': { name: string | number; path: string | number; reason: string | number };
  'cluster-record-broken': { name: string | number; path: string | number };
  'cluster-start-failed': { name: string | number; component: string | number; reason: string | number; log: string | number };
  'cluster-start-timeout': { name: string | number; seconds: string | number; reason: string | number; logs: string | number };
  'cluster-stopped': { cluster: string | number };
  'cluster-supervisor-missing': { name: string | number; path: string | number };
  'cluster-survivor': { name: string | number; pid: string | number; component: string | number };
  'cluster-unknown': { name: string | number };
  'cluster-unreachable': { context: string | number; server: string | number; problem: string | number; hint: string | number };
  'code-build': { path: string | number; problem: string | number; hint: string | number };
  'code-failed': { path: string | number; problem: string | number };
  'code-result': { where: string | number; got: string | number; hint: string | number };
  'code-timeout': { path: string | number; seconds: string | number };
  'command-missing': { where: string | number; commands: string | number };
  'command-not-started': { pod: string | number; command: string | number; problem: string | number; hint: string | number };
  'command-unknown': { where: string | number; word: string | number; hint: string | number };
  'component-cycle': { ring: string | number; places: string | number };
  'component-disabled': { where: string | number; from: string | number; verb: string | number; name: string | number; place: string | number };
  'component-not-live': { component: string | number; platform: string | number; hint: string | number };
  'component-stopped': { component: string | number; by: string | number; since: string | number };
  'component-unknown': { where: string | number; name: string | number; hint: string | number };
  'connection-lost': { subject: string | number; verb: string | number; context: string | number };
  'container-unknown': { pod: string | number; container: string | number; known: string | number };
  'containers-simulated': { subject: string | number; verb: string | number };
  'context-missing': { path: string | number; known: string | number };
  'context-not-allowed': { platform: string | number; context: string | number; contexts: string | number };
  'context-unknown': { context: string | number; path: string | number; known: string | number; hint: string | number };
  'copy-entry-outside': { destination: string | number; entry: string | number; problem: string | number };
  'copy-failed': { path: string | number; problem: string | number; hint: string | number };
  'copy-sides': { source: string | number; destination: string | number };
  'copy-source-missing': { path: string | number };
  'credentials-failed': { user: string | number; context: string | number; problem: string | number; hint: string | number };
  'credentials-refused': { context: string | number; server: string | number; user: string | number };
  'database-major': { object: string | number; from: string | number; to: string | number };
  'deletion-stuck': { object: string | number; finalizers: string | number };
  'dependency-missing': { component: string | number; message: string | number };
  'device-missing': { object: string | number; resource: string | number };
  'disruption-forbidden': { object: string | number; field: string | number; value: string | number; replicas: string | number; pods: string | number };
  'disruption-selects-none': { object: string | number; selector: string | number };
  'dns-closed': { pods: string | number; policies: string | number };
  'edge-closed': { edge: string | number; ports: string | number; more: string | number; why: string | number; missing: string | number };
  'edge-outside': { from: string | number; to: string | number; host: string | number };
  'edge-port-unknown': { from: string | number; to: string | number; ports: string | number; has: string | number };
  'edge-portless': { from: string | number; to: string | number };
  'edit-fails-check': { file: string | number; what: string | number };
  'edit-not-understood': { file: string | number; path: string | number; reason: string | number; value: string | number };
  'engine-build-failed': { file: string | number; module: string | number; problem: string | number };
  'engine-build-killed': { file: string | number; by: string | number };
  'engine-checksum-mismatch': { reason: string | number };
  'engine-disk-full': { file: string | number; dir: string | number };
  'engine-does-not-start': { file: string | number; path: string | number; problem: string | number };
  'engine-download-failed': { reason: string | number };
  'engine-go-missing': { file: string | number; go: string | number };
  'engine-go-too-old': { file: string | number; needed: string | number; found: string | number };
  'engine-interrupted': { file: string | number };
  'engine-modules-unreachable': { file: string | number; proxy: string | number; reason: string | number };
  'engine-no-checksum': { file: string | number; files: string | number };
  'engine-no-download': { file: string | number; reason: string | number };
  'engine-no-permission': { file: string | number; path: string | number; problem: string | number };
  'engine-not-in-folder': { file: string | number; dir: string | number };
  'engine-package-missing': { file: string | number; package: string | number; reason: string | number };
  'engine-unavailable': { file: string | number; tried: string | number; way: string | number };
  'env-in-git': { };
  'env-mode': { mode: string | number };
  'env-not-ignored': { };
  'env-syntax': { problem: string | number };
  'env-unusable': { what: string | number; problem: string | number };
  'exception-ended': { rule: string | number; object: string | number; until: string | number };
  'exception-ends-soon': { rule: string | number; object: string | number; until: string | number; reason: string | number };
  'exception-unused': { rule: string | number; object: string | number; problem: string | number; hint: string | number };
  'explain-field-unknown': { object: string | number; field: string | number; problem: string | number; hint: string | number };
  'explain-object-ambiguous': { object: string | number; objects: string | number };
  'explain-object-unknown': { object: string | number; hint: string | number };
  'expose-closed': { component: string | number; problem: string | number; hint: string | number };
  'expose-no-port': { component: string | number };
  'expose-other-host': { component: string | number; host: string | number; found: string | number };
  'expose-other-port': { component: string | number; port: string | number; expected: string | number };
  'expose-without-ingress': { component: string | number; host: string | number };
  'field-invalid': { object: string | number; path: string | number; got: string | number; expected: string | number; hint: string | number };
  'field-missing': { object: string | number; path: string | number; expected: string | number };
  'field-not-set-here': { component: string | number; what: string | number; reason: string | number; hint: string | number };
  'field-unknown': { object: string | number; path: string | number; hint: string | number };
  'file-encoding': { path: string | number; problem: string | number };
  'file-not-found': { what: string | number; path: string | number; hint: string | number };
  'file-not-writable': { path: string | number; problem: string | number };
  'file-too-much': { path: string | number; problem: string | number };
  'file-unreadable': { what: string | number; path: string | number; problem: string | number; hint: string | number };
  'flag-invalid': { where: string | number; expected: string | number; value: string | number; hint: string | number };
  'flag-unknown': { where: string | number; flag: string | number; hint: string | number };
  'flag-value-missing': { where: string | number; flag: string | number };
  'forward-port-taken': { address: string | number; problem: string | number };
  'forward-port-unknown': { subject: string | number; port: string | number; known: string | number; example: string | number };
  'generation-missing': { platform: string | number; generation: string | number };
  'hook-unknown': { component: string | number; message: string | number };
  'host-not-exposed': { object: string | number; host: string | number; component: string | number; example: string | number };
  'host-port-twice': { object: string | number; port: string | number; protocol: string | number; other: string | number };
  'image-build-failed': { image: string | number; builder: string | number; reason: string | number; log: string | number };
  'image-builder-missing': { what: string | number; seen: string | number };
  'image-cannot-load': { context: string | number };
  'image-choice': { component: string | number; image: string | number; containers: string | number };
  'image-load-failed': { image: string | number; cluster: string | number; reason: string | number; hint: string | number };
  'image-no-real-node': { cluster: string | number };
  'image-not-declared': { component: string | number; hint: string | number };
  'image-push-failed': { image: string | number; reason: string | number };
  'image-stale': { image: string | number; reason: string | number; hint: string | number };
  'image-unknown': { image: string | number; builder: string | number };
  'init-exists': { dir: string | number; files: string | number };
  'init-name': { name: string | number };
  'init-source-unknown': { name: string | number; hint: string | number };
  'interrupted': { where: string | number };
  'k3d-cluster-foreign': { cluster: string | number };
  'k3d-cluster-missing': { cluster: string | number };
  'k3d-configuration-differs': { cluster: string | number; file: string | number };
  'k3d-configuration-invalid': { cluster: string | number; path: string | number; problem: string | number };
  'k3d-failed': { command: string | number; reason: string | number };
  'k3d-missing': { };
  'kind-not-served': { object: string | number; kind: string | number; apiVersion: string | number };
  'kind-unknown': { subject: string | number; kind: string | number; apiVersion: string | number; hint: string | number };
  'kubeconfig-invalid': { path: string | number; problem: string | number; hint: string | number };
  'kubeconfig-missing': { path: string | number; hint: string | number };
  'kubernetes-differs': { platform: string | number; declared: string | number; server: string | number };
  'kustomization-mixed': { where: string | number; path: string | number };
  'kustomize-failed': { component: string | number; message: string | number };
  'library-incomplete': { where: string | number; name: string | number };
  'library-part-missing': { where: string | number; name: string | number; dependency: string | number; repository: string | number };
  'limit-range-refuses': { object: string | number; reason: string | number };
  'list-key-twice': { object: string | number; path: string | number; key: string | number };
  'lock-held': { platform: string | number; who: string | number; since: string | number };
  'lock-lost': { platform: string | number; who: string | number };
  'lookup-used': { component: string | number; message: string | number };
  'manifest-invalid': { component: string | number; message: string | number };
  'manifests-empty': { where: string | number; path: string | number; hint: string | number };
  'metrics-missing': { reason: string | number; hint: string | number };
  'missing-key': { where: string | number; key: string | number; expected: string | number };
  'model-file-kind': { where: string | number; runtime: string | number; path: string | number; expected: string | number };
  'model-file-large': { where: string | number; path: string | number; size: string | number; most: string | number };
  'model-server-missing': { component: string | number };
  'model-server-unclear': { component: string | number; servers: string | number };
  'model-server-unknown': { where: string | number; name: string | number; hint: string | number };
  'model-store-missing': { component: string | number };
  'model-traffic-mesh': { where: string | number; server: string | number };
  'model-traffic-sum': { where: string | number; model: string | number; sum: string | number; shares: string | number; expected: string | number; hint: string | number };
  'model-twice': { component: string | number; server: string | number; model: string | number; other: string | number; hint: string | number };
  'model-version-twice': { component: string | number; server: string | number; version: string | number; model: string | number; other: string | number };
  'monitor-port-missing': { object: string | number; path: string | number; what: string | number; port: string | number; hint: string | number };
  'monitor-selects-none': { object: string | number; selector: string | number; what: string | number };
  'network-end-unknown': { flag: string | number; text: string | number; problem: string | number; hint: string | number };
  'network-label-added': { object: string | number; label: string | number };
  'network-pods-ambiguous': { component: string | number; pods: string | number; others: string | number };
  'node-port-taken': { object: string | number; port: string | number; holder: string | number };
  'node-port-twice': { object: string | number; port: string | number; protocol: string | number; other: string | number };
  'not-allowed': { subject: string | number; verb: string | number; reason: string | number; resource: string | number };
  'nothing-to-open': { component: string | number };
  'nothing-to-roll-back': { platform: string | number };
  'nothing-to-stop': { component: string | number; verb: string | number; hint: string | number };
  'now-used': { component: string | number; message: string | number };
  'object-exported': { object: string | number; fields: string | number };
  'object-generate-name': { object: string | number; name: string | number };
  'object-invalid': { object: string | number; problem: string | number };
  'object-label': { object: string | number; problem: string | number };
  'object-name': { object: string | number; problem: string | number };
  'object-questionable': { object: string | number; problem: string | number };
  'object-refused': { object: string | number; field: string | number; problem: string | number };
  'object-twice': { object: string | number; component: string | number; other: string | number; place: string | number };
  'own-component-name': { component: string | number };
  'path-leaves-root': { component: string | number; message: string | number };
  'path-open': { to: string | number; pods: string | number; from: string | number; ports: string | number; why: string | number; declare: string | number };
  'path-outside': { where: string | number; path: string | number; root: string | number };
  'path-remote': { where: string | number; path: string | number; hint: string | number };
  'plan-conflicts': { object: string | number; reason: string | number; hint: string | number };
  'plan-file-invalid': { file: string | number; problem: string | number };
  'plan-refused': { object: string | number; reason: string | number };
  'plan-stale': { what: string | number };
  'platform-ambiguous': { dir: string | number; files: string | number };
  'platform-elsewhere': { platform: string | number; before: string | number; now: string | number };
  'platform-not-applied': { platform: string | number };
  'platform-not-found': { dir: string | number; hint: string | number };
  'plugin-refused': { component: string | number; message: string | number };
  'pods-may-not-fit': { object: string | number; missing: string | number; pods: string | number; reason: string | number };
  'pods-together-will-not-fit': { objects: string | number; missing: string | number; reason: string | number };
  'pods-will-not-fit': { object: string | number; missing: string | number; pods: string | number; reason: string | number };
  'policies-too-old': { kubernetes: string | number };
  'policy-example': { rule: string | number; kind: string | number; object: string | number; found: string | number; expected: string | number; file: string | number };
  'policy-invalid': { rule: string | number; field: string | number; problem: string | number; file: string | number };
  'policy-not-evaluated': { object: string | number; rule: string | number; problem: string | number };
  'policy-refused': { object: string | number; message: string | number; rule: string | number; wayOut: string | number };
  'policy-twice': { where: string | number; id: string | number; file: string | number; other: string | number };
  'policy-unknown': { where: string | number; name: string | number; hint: string | number };
  'policy-warned': { object: string | number; message: string | number; rule: string | number; wayOut: string | number };
  'private-file-in-git': { file: string | number; problem: string | number };
  'private-file-there': { file: string | number };
  'profile-unknown': { name: string | number; hint: string | number };
  'program-missing': { program: string | number; problem: string | number };
  'proxy-unsupported': { context: string | number; proxy: string | number; problem: string | number };
  'quota-exceeded': { object: string | number; resource: string | number; wanted: string | number; hard: string | number; by: string | number };
  'quota-may-be-exceeded': { object: string | number; resource: string | number; wanted: string | number; hard: string | number };
  'quota-refuses-pods': { object: string | number; missing: string | number; pods: string | number; reason: string | number };
  'real-node-lacks': { what: string | number; wayOut: string | number };
  'real-node-taken': { name: string | number; holder: string | number; hint: string | number };
  'reference-key-missing': { object: string | number; from: string | number; kind: string | number; name: string | number; key: string | number; has: string | number; near: string | number };
  'reference-missing': { object: string | number; from: string | number; kind: string | number; name: string | number; where: string | number; near: string | number; entry: string | number };
  'reference-too-late': { object: string | number; from: string | number; kind: string | number; name: string | number; component: string | number };
  'registry-answer': { registry: string | number; request: string | number; status: string | number; reason: string | number };
  'registry-not-there': { registry: string | number; cluster: string | number; problem: string | number; hint: string | number };
  'registry-port-taken': { name: string | number; registry: string | number; address: string | number; holder: string | number };
  'rehearsal-differs': { file: string | number; what: string | number };
  'rehearsal-failed': { file: string | number; platform: string | number; outcome: string | number; why: string | number };
  'rehearsal-file-invalid': { file: string | number; problem: string | number };
  'rehearse-component-unknown': { flag: string | number; component: string | number; components: string | number };
  'rehearse-fault-version': { flag: string | number; kubernetes: string | number };
  'rehearse-node-unknown': { node: string | number; nodes: string | number };
  'rehearse-not-copied': { object: string | number; reason: string | number };
  'remote-base': { component: string | number; message: string | number };
  'removal-failed': { reason: string | number };
  'render-engine-failed': { path: string | number; problem: string | number };
  'render-problem': { component: string | number; message: string | number; code: string | number };
  'rendered-key-twice': { component: string | number; message: string | number; hint: string | number };
  'rendered-yaml': { component: string | number; message: string | number; hint: string | number };
  'replacement-refused': { object: string | number; reason: string | number };
  'request-refused': { subject: string | number; verb: string | number; reason: string | number };
  'request-timeout': { subject: string | number; verb: string | number; seconds: string | number };
  'rollout-may-not-fit': { object: string | number; reason: string | number };
  'rollout-will-not-fit': { object: string | number; reason: string | number };
  'route-port-missing': { object: string | number; path: string | number; service: string | number; port: string | number; has: string | number };
  'route-service-missing': { object: string | number; path: string | number; service: string | number; namespace: string | number; near: string | number };
  'route-twice': { object: string | number; route: string | number; other: string | number };
  'scale-autoscaled': { component: string | number; scaler: string | number; workload: string | number; hint: string | number };
  'scale-may-not-fit': { object: string | number; scaler: string | number; pods: string | number; reason: string | number };
  'scale-will-not-fit': { object: string | number; scaler: string | number; pods: string | number; reason: string | number };
  'schema-unknown': { kind: string | number; apiVersion: string | number; count: string | number };
  'schema-version-nearest': { wanted: string | number; used: string | number };
  'scope-unknown': { object: string | number; kind: string | number; apiVersion: string | number };
  'seal-no-value': { name: string | number; key: string | number; cluster: string | number; hint: string | number };
  'sealed-already': { file: string | number; names: string | number };
  'sealed-differs': { name: string | number; file: string | number; where: string | number };
  'sealed-elsewhere': { file: string | number; before: string | number; now: string | number; names: string | number };
  'sealed-file-invalid': { file: string | number; problem: string | number };
  'sealed-item-missing': { file: string | number; object: string | number; item: string | number; items: string | number };
  'sealed-not-opened': { name: string | number; file: string | number; tried: string | number; key: string | number };
  'sealed-not-opened-item': { file: string | number; object: string | number; items: string | number; problem: string | number };
  'sealed-not-text': { name: string | number; file: string | number };
  'sealed-not-yet': { name: string | number; file: string | number; item: string | number };
  'sealed-outside': { name: string | number; path: string | number };
  'sealed-templated': { file: string | number; object: string | number; items: string | number };
  'sealing-certificate-invalid': { from: string | number; problem: string | number };
  'sealing-certificate-missing': { where: string | number; file: string | number };
  'sealing-controller-missing': { cluster: string | number; service: string | number; label: string | number; problem: string | number };
  'sealing-key-invalid': { from: string | number; problem: string | number };
  'sealing-key-needed': { where: string | number };
  'secret-before-git': { file: string | number; line: string | number; what: string | number; masked: string | number };
  'secret-differs': { secret: string | number };
  'secret-everyday': { name: string | number; what: string | number; object: string | number };
  'secret-history-cut': { left: string | number };
  'secret-in-git': { file: string | number; line: string | number; what: string | number; masked: string | number };
  'secret-in-history': { file: string | number; what: string | number; masked: string | number; commit: string | number; day: string | number; line: string | number; id: string | number };
  'secret-in-values': { where: string | number; path: string | number; secret: string | number };
  'secret-manifest-invalid': { file: string | number; problem: string | number };
  'secret-missing': { name: string | number; key: string | number; file: string | number; near: string | number };
  'secret-not-declared': { where: string | number; name: string | number; hint: string | number };
  'secret-short': { name: string | number; length: string | number; least: string | number };
  'secret-unknown': { where: string | number; name: string | number; hint: string | number };
  'secret-value-path': { component: string | number; path: string | number; problem: string | number };
  'selector-other-labels': { object: string | number; selector: string | number; labels: string | number };
  'selector-overlaps': { object: string | number; selector: string | number; others: string | number };
  'service-declared': { path: string | number; name: string | number };
  'service-exists': { path: string | number };
  'service-port-closed': { object: string | number; path: string | number; port: string | number; pods: string | number; hint: string | number };
  'service-selects-none': { object: string | number; selector: string | number; hint: string | number };
  'service-selects-others': { object: string | number; selector: string | number; others: string | number };
  'set-refused': { text: string | number; problem: string | number; hint: string | number };
  'set-syntax': { text: string | number; problem: string | number };
  'severity-unknown': { code: string | number; hint: string | number };
  'source-missing': { name: string | number; hint: string | number };
  'source-several': { name: string | number; count: string | number; sources: string | number };
  'source-takes-none': { where: string | number; source: string | number; field: string | number; hint: string | number };
  'state-damaged': { platform: string | number; what: string | number };
  'stateful-service': { object: string | number; service: string | number; problem: string | number; hint: string | number };
  'stop-not-possible': { object: string | number; reason: string | number; hint: string | number };
  'storage-class-default-missing': { claim: string | number; component: string | number };
  'storage-class-missing': { claim: string | number; class: string | number; classes: string | number; component: string | number };
  'template-error': { component: string | number; message: string | number; hint: string | number };
  'tests-missing': { what: string | number };
  'unexpected': { where: string | number; problem: string | number; hint: string | number };
  'unknown-key': { where: string | number; key: string | number; hint: string | number };
  'values-duplicate-key': { where: string | number; line: string | number };
  'values-invalid': { component: string | number; message: string | number };
  'values-not-map': { path: string | number; got: string | number };
  'values-schema': { component: string | number; message: string | number };
  'volume-missing': { object: string | number; path: string | number; name: string | number; hint: string | number };
  'volume-unused': { object: string | number; path: string | number };
  'work-unknown': { word: string | number; kind: string | number; where: string | number; hint: string | number };
  'work-without-pods': { subject: string | number; state: string | number; hint: string | number };
  'yaml-documents': { path: string | number };
  'yaml-duplicate-key': { where: string | number; line: string | number };
  'yaml-empty': { path: string | number };
  'yaml-merge-key': { where: string | number };
  'yaml-number': { where: string | number; source: string | number };
  'yaml-readings': { where: string | number; source: string | number; core: string | number; kubernetes: string | number; ways: string | number };
  'yaml-syntax': { path: string | number; problem: string | number };
  'yaml-tag': { where: string | number; tag: string | number };
}

/** Every code of the catalog. */
export type Code = keyof Params;

export const messages: Record<
  Code,
  { severity: 'error' | 'warning' | 'info'; exit: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130; message: string; hint?: string }
> = {
  'allowance-unused': { severity: 'warning', exit: 0, message: "--allow=%name%: nothing of that name counts against the change budget in this plan", hint: "an object is named as the plan shows it (Kind/namespace/name), a component that restarts by its name" },
  'answer-needed': { severity: 'error', exit: 3, message: "%where%: there is no terminal to ask on", hint: "See what would change with mostik plan, then run it again with --yes" },
  'answer-no': { severity: 'error', exit: 6, message: "%where%: not confirmed; nothing changed" },
  'api-deprecated': { severity: 'warning', exit: 1, message: "%object%: %apiVersion% %what%", hint: "%hint%" },
  'api-not-provided': { severity: 'warning', exit: 1, message: "%object%: nothing says that the cluster has %kind% (%apiVersion%)", hint: "%how%" },
  'api-off': { severity: 'warning', exit: 1, message: "%object%: Kubernetes %kubernetes% serves %kind% of %apiVersion% only where it is switched on", hint: "%near%" },
  'api-removed': { severity: 'error', exit: 1, message: "%object%: %kind% of %apiVersion% was removed in Kubernetes %removed%", hint: "%hint%" },
  'api-unknown': { severity: 'error', exit: 1, message: "%object%: %who% has no %kind% in %apiVersion%", hint: "%near%" },
  'argument-excess': { severity: 'error', exit: 3, message: "%where%: expected %expected%, got %word% as well" },
  'argument-invalid': { severity: 'error', exit: 3, message: "%where%: expected %expected%, got %value%" },
  'argument-missing': { severity: 'error', exit: 3, message: "%where%: expected %name%" },
  'autoscaler-bounds': { severity: 'error', exit: 1, message: "%object%: spec.%low% is %least%, more than spec.%high%, which is %most%" },
  'autoscaler-no-requests': { severity: 'error', exit: 1, message: "%object%: %path%: scales on a share of the requested %resource%, and of %target% %containers% request none", hint: "set resources.requests.%resource% of each container, or scale on an average value" },
  'autoscaler-target-missing': { severity: 'warning', exit: 1, message: "%object%: spec.scaleTargetRef: %target% is not in this platform", hint: "%hint%" },
  'autoscaler-twice': { severity: 'error', exit: 1, message: "%object%: %target% is also scaled by %other%", hint: "keep one of them; a ScaledObject may have several triggers" },
  'bad-value': { severity: 'error', exit: 3, message: "%where%: expected %expected%, got %got%", hint: "%hint%" },
  'browser-missing': { severity: 'warning', exit: 0, message: "no browser could be opened: %reason%", hint: "open the address yourself, or name a program with BROWSER" },
  'budget-exceeded': { severity: 'error', exit: 6, message: "spec.budget.%rule%: %what%, %limit%: %list%", hint: "allow by name what is meant: %allow%" },
  'catalog-unknown': { severity: 'error', exit: 3, message: "%where%: the catalog has no component %name%", hint: "%hint%" },
  'certificate-refused': { severity: 'error', exit: 4, message: "cluster %context% (%server%): its certificate is not trusted: %problem%", hint: "check certificate-authority and tls-server-name of the cluster in the kubeconfig" },
  'chart-broken': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'chart-deprecated': { severity: 'warning', exit: 0, message: "%component%: %message%" },
  'chart-invalid': { severity: 'error', exit: 3, message: "%where%: %path% is not a Helm chart: %problem%", hint: "%hint%" },
  'chart-kind-unknown': { severity: 'error', exit: 3, message: "%kind%: no library chart of that name comes with Mostik", hint: "%hint%" },
  'chart-kube-version': { severity: 'error', exit: 3, message: "%component%: %message%", hint: "set spec.kubernetes of the platform to the version of your cluster, or take a version of the chart that supports it" },
  'chart-not-found': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'chart-schema-unread': { severity: 'warning', exit: 0, message: "%path%: the chart's values were not checked against it: %problem%" },
  'chart-unknown': { severity: 'error', exit: 3, message: "%where%: %path%: no such folder, and no chart of that name comes with Mostik", hint: "%hint%" },
  'claim-cannot-grow': { severity: 'error', exit: 6, message: "%claim%: asks for %to%, has %from%, and storage class \"%class%\" cannot expand", hint: "keep the size at %from%, or use a class with allowVolumeExpansion: true" },
  'claim-incomplete': { severity: 'error', exit: 1, message: "%object%: %problem%" },
  'claim-shrinks': { severity: 'error', exit: 6, message: "%claim%: asks for %to%, has %from%: a claim cannot shrink", hint: "keep the size at %from%, or move the data to a new claim under another name" },
  'cluster-choice': { severity: 'error', exit: 3, message: "%where%: which cluster? There is no platform in this folder; clusters: %clusters%", hint: "name it, or its platform with --dir DIR" },
  'cluster-elsewhere': { severity: 'error', exit: 6, message: "Cluster %name%: it runs on host %host%, and from here it can be neither seen nor ended", hint: "stop it there first, or set XDG_STATE_HOME to a folder of this machine" },
  'cluster-kubernetes-differs': { severity: 'error', exit: 3, message: "Cluster %name%: it serves Kubernetes %current%; %asked% was asked for", hint: "`mostik cluster delete %name%` and create it anew, or set spec.kubernetes to %current%" },
  'cluster-kubernetes-unsupported': { severity: 'error', exit: 3, message: "Cluster %name%: Kubernetes %asked% was asked for; the embedded Kubernetes %release% can be any of %supported%", hint: "set spec.kubernetes to one of them" },
  'cluster-missing': { severity: 'error', exit: 4, message: "cluster %cluster%: does not exist", hint: "mostik up makes it, so does mostik cluster create %cluster%" },
  'cluster-name-invalid': { severity: 'error', exit: 3, message: "Cluster %name%: expected lower-case letters, digits and dashes, at most 63, with a letter or digit at both ends", hint: "a name such as my-platform or test-1" },
  'cluster-not-ready': { severity: 'error', exit: 5, message: "Cluster %name%: after %seconds% s still waiting for %what%", hint: "logs are in %logs%" },
  'cluster-port-taken': { severity: 'warning', exit: 0, message: "Cluster %name%: port %port% (%use%) is taken by %holder%; %replacement% is used from now on", hint: "%hint%" },
  'cluster-program-missing': { severity: 'error', exit: 1, message: "Cluster %name%: %path% does not run: %reason%", hint: "`mostik engine install` gets the programs of the embedded Kubernetes" },
  'cluster-record-broken': { severity: 'error', exit: 1, message: "Cluster %name%: %path% cannot be read as the record of a cluster", hint: "`mostik cluster delete %name%` removes what is left of it; its data goes with it" },
  'cluster-start-failed': { severity: 'error', exit: 4, message: "Cluster %name%: %component% does not start: %reason%", hint: "the whole log is %log%" },
  'cluster-start-timeout': { severity: 'error', exit: 5, message: "Cluster %name%: the API server is not ready after %seconds% s: %reason%", hint: "logs are in %logs%; on a slow or busy machine start it again: what has been made is kept" },
  'cluster-stopped': { severity: 'error', exit: 4, message: "cluster %cluster%: does not answer", hint: "mostik up starts it, so does mostik cluster start %cluster%" },
  'cluster-supervisor-missing': { severity: 'error', exit: 1, message: "Cluster %name%: %path%, the process that watches over a cluster, is not built", hint: "run `npm run build`" },
  'cluster-survivor': { severity: 'error', exit: 1, message: "Cluster %name%: process %pid% (%component%) does not end, not even by SIGKILL", hint: "it may hang in the kernel on a file system; see `ps -o stat,wchan -p %pid%`" },
  'cluster-unknown': { severity: 'error', exit: 3, message: "Cluster %name%: there is no embedded cluster of this name", hint: "`mostik cluster list` shows those that are there; `mostik cluster create %name%` makes it" },
  'cluster-unreachable': { severity: 'error', exit: 4, message: "cluster %context% (%server%): cannot be reached: %problem%", hint: "%hint%" },
  'code-build': { severity: 'error', exit: 3, message: "%path%: %problem%", hint: "%hint%" },
  'code-failed': { severity: 'error', exit: 3, message: "%path%: it stopped with %problem%", hint: "the platform file runs without network, environment variables, child processes and file writes" },
  'code-result': { severity: 'error', exit: 3, message: "%where%: %got% cannot stand in a platform", hint: "%hint%" },
  'code-timeout': { severity: 'error', exit: 3, message: "%path%: no result after %seconds% s", hint: "the file only has to build and export the platform; look for a loop or a promise that never settles" },
  'command-missing': { severity: 'error', exit: 3, message: "%where%: expected a command, one of %commands%" },
  'command-not-started': { severity: 'error', exit: 1, message: "%pod%: %command% cannot be started: %problem%", hint: "%hint%" },
  'command-unknown': { severity: 'error', exit: 3, message: "%where% %word%: unknown command", hint: "%hint%" },
  'component-cycle': { severity: 'error', exit: 3, message: "Components wait for each other: %ring%", hint: "take one of these away: %places%" },
  'component-disabled': { severity: 'error', exit: 3, message: "%where%: component %from% %verb% %name%, which is switched off (%place%)", hint: "switch %name% on, give %from% other %verb% in the same profile, or write { component: %name%, optional: true }" },
  'component-not-live': { severity: 'error', exit: 3, message: "component %component%: platform %platform% has none of this name on this cluster", hint: "%hint%" },
  'component-stopped': { severity: 'warning', exit: 0, message: "component %component%: %by% stopped it %since%; it stays stopped", hint: "`mostik start %component%` starts it, so does --start" },
  'component-unknown': { severity: 'error', exit: 3, message: "%where%: there is no component %name%", hint: "%hint%" },
  'connection-lost': { severity: 'error', exit: 4, message: "%subject%: %verb%: the connection to cluster %context% was cut before an answer came; it may or may not have happened", hint: "run the same command again: it looks at what is there first" },
  'container-unknown': { severity: 'error', exit: 3, message: "%pod%: there is no container %container%; it has %known%" },
  'containers-simulated': { severity: 'error', exit: 1, message: "%subject%: it is on a simulated node (KWOK), where containers do not run: there is nothing to %verb%", hint: "run them for real with `mostik up --nodes real` (Linux, root), or name another cluster with --context" },
  'context-missing': { severity: 'error', exit: 4, message: "kubeconfig %path%: it has no current-context, and no context was named", hint: "name one with --context: %known%" },
  'context-not-allowed': { severity: 'error', exit: 4, message: "platform %platform%: context %context% is not one of its contexts (%contexts%)", hint: "switch the context, or add it to spec.cluster.contexts" },
  'context-unknown': { severity: 'error', exit: 4, message: "context %context%: not in %path%, which has %known%", hint: "%hint%" },
  'copy-entry-outside': { severity: 'error', exit: 6, message: "%destination%: refused %entry% of the archive that the container sent: %problem%", hint: "nothing was written outside of %destination%; look at what the container holds before you trust it" },
  'copy-failed': { severity: 'error', exit: 1, message: "%path%: not copied: %problem%", hint: "%hint%" },
  'copy-sides': { severity: 'error', exit: 3, message: "mostik copy %source% %destination%: expected one side in a pod and one on this machine", hint: "COMPONENT:/path or POD:/path is in a pod; ./name:with-colon is on this machine" },
  'copy-source-missing': { severity: 'error', exit: 3, message: "%path%: there is no such file or folder" },
  'credentials-failed': { severity: 'error', exit: 4, message: "user %user% of context %context%: no credentials: %problem%", hint: "%hint%" },
  'credentials-refused': { severity: 'error', exit: 4, message: "cluster %context% (%server%): the credentials of user %user% were refused (401)", hint: "sign in again, or choose another context with --context" },
  'database-major': { severity: 'error', exit: 6, message: "%object%: image changes from %from% to %to%: another major version does not start on the same data", hint: "keep the major version, or dump the data, delete the claim by name and restore" },
  'deletion-stuck': { severity: 'error', exit: 5, message: "%object%: is still being deleted; finalizers: %finalizers%", hint: "look for the controller that should remove the finalizer" },
  'dependency-missing': { severity: 'error', exit: 3, message: "%component%: %message%", hint: "helm dependency build, then commit the charts/ folder: rendering fetches nothing" },
  'device-missing': { severity: 'error', exit: 1, message: "%object%: asks for %resource%, which no node has", hint: "declare nodes that have it, such as { name: gpu, gpus: 1 } in spec.cluster.nodes" },
  'disruption-forbidden': { severity: 'warning', exit: 1, message: "%object%: spec.%field% %value% lets none of the %replicas% pods of %pods% be evicted", hint: "leave one pod free to go: maxUnavailable: 1, and two replicas where one must always be there" },
  'disruption-selects-none': { severity: 'warning', exit: 1, message: "%object%: its selector (%selector%) fits no pods of this platform" },
  'dns-closed': { severity: 'warning', exit: 1, message: "%pods%: cannot ask for names: no rule of %policies% opens the DNS of the cluster", hint: "allow egress to pods k8s-app=kube-dns of namespace kube-system on 53/UDP and 53" },
  'edge-closed': { severity: 'error', exit: 1, message: "%edge%: closed on %ports%%more%: %why%", hint: "missing: %missing%" },
  'edge-outside': { severity: 'warning', exit: 1, message: "%from% uses %to%, which stands for %host% outside of the cluster: no NetworkPolicy can open a host name", hint: "add an edge to its addresses: uses: [{ cidr: 192.0.2.0/28, ports: [5432] }]" },
  'edge-port-unknown': { severity: 'error', exit: 1, message: "%from% uses %to% on %ports%, which %to% does not have: %has%", hint: "name a port of one of its Services, by number or by name" },
  'edge-portless': { severity: 'warning', exit: 1, message: "%from% uses %to%, but %to% has neither a Service nor a port, so there is nothing to let through", hint: "an order alone is needs: [%to%]; pods that an operator makes are declared under pods: of %to%; what lies outside of the platform is an edge { cidr: ... }" },
  'edit-fails-check': { severity: 'error', exit: 1, message: "%file%: not written: with %what% the platform does not pass check", hint: "the findings are above; the file is as it was" },
  'edit-not-understood': { severity: 'error', exit: 1, message: "%file%: %path% cannot be changed without touching anything else: %reason%", hint: "change it by hand: %value%" },
  'engine-build-failed': { severity: 'error', exit: 1, message: "%file%: `go build` in %module% failed: %problem%", hint: "Run it by hand to see everything: cd %module% && CGO_ENABLED=0 go build -trimpath -o /dev/null ." },
  'engine-build-killed': { severity: 'error', exit: 1, message: "%file%: `go build` was killed from outside (%by%)", hint: "Linking the control plane takes about 3 GB of memory: free some and run the same command again" },
  'engine-checksum-mismatch': { severity: 'error', exit: 1, message: "%reason%", hint: "The file is not the one that was published: ask whoever runs the network or the mirror. It was deleted" },
  'engine-disk-full': { severity: 'error', exit: 1, message: "%file%: no space left for it in %dir%", hint: "Free some space (a build of the control plane takes about 4 GB in Go's cache, see `go env GOCACHE`), or move the caches: XDG_CACHE_HOME, GOCACHE" },
  'engine-does-not-start': { severity: 'error', exit: 1, message: "%file%: `%path% version` failed: %problem%", hint: "Is the file made for this system? A folder mounted with `noexec` cannot hold it either: set XDG_CACHE_HOME" },
  'engine-download-failed': { severity: 'error', exit: 1, message: "%reason%", hint: "Check the network, or name a mirror in MOSTIK_DOWNLOAD_BASE (its paths begin with the original host: BASE/dl.k8s.io/...)" },
  'engine-go-missing': { severity: 'warning', exit: 1, message: "%file%: cannot be built, there is no `go` in PATH", hint: "Install Go %go% or newer: https://go.dev/dl" },
  'engine-go-too-old': { severity: 'error', exit: 1, message: "%file%: needs Go %needed% to be built, `go` in PATH is %found%", hint: "Install Go %needed% or newer (https://go.dev/dl), or allow Go to fetch it: GOTOOLCHAIN=auto" },
  'engine-interrupted': { severity: 'error', exit: 130, message: "%file%: interrupted, nothing half-made was kept", hint: "Run the same command again: what was compiled so far is in Go's cache" },
  'engine-modules-unreachable': { severity: 'error', exit: 1, message: "%file%: its Go modules are not on this machine, and the module proxy %proxy% cannot be reached: %reason%", hint: "Check the network, or name a proxy that can be reached: `go env -w GOPROXY=URL`" },
  'engine-no-checksum': { severity: 'warning', exit: 1, message: "%file%: no checksum is pinned for %files%: skipped", hint: "`npm run update:downloads` in a checkout with access to the internet pins them" },
  'engine-no-download': { severity: 'info', exit: 1, message: "%file%: %reason%" },
  'engine-no-permission': { severity: 'error', exit: 1, message: "%file%: %path% cannot be written: %problem%", hint: "Make it writable, or name another folder for caches in XDG_CACHE_HOME" },
  'engine-not-in-folder': { severity: 'warning', exit: 1, message: "MOSTIK_ENGINE_DIR: no %file% that can be run in %dir%", hint: "Put it there, or unset MOSTIK_ENGINE_DIR" },
  'engine-package-missing': { severity: 'info', exit: 1, message: "%file%: the npm package %package% %reason%" },
  'engine-unavailable': { severity: 'error', exit: 1, message: "%file%: no source gave it (tried: %tried%)", hint: "%way%, or put %file% into a folder and name that folder in MOSTIK_ENGINE_DIR" },
  'env-in-git': { severity: 'error', exit: 3, message: ".env: tracked by Git: the passwords in it are in the history of every clone", hint: "git rm --cached .env, add .env to .gitignore, then change the passwords" },
  'env-mode': { severity: 'warning', exit: 3, message: ".env: mode %mode%: other users of this machine can read or write the passwords in it", hint: "chmod 600 .env" },
  'env-not-ignored': { severity: 'warning', exit: 3, message: ".env: not ignored by Git: the next `git add` takes the passwords in it along", hint: "add .env to .gitignore" },
  'env-syntax': { severity: 'error', exit: 3, message: ".env: %problem%" },
  'env-unusable': { severity: 'error', exit: 3, message: ".env: cannot be %what%: %problem%" },
  'exception-ended': { severity: 'error', exit: 1, message: "exception of rule %rule% for %object%: it ended on %until%", hint: "mend the object and take the exception away, or give it a new date and a reason that still holds" },
  'exception-ends-soon': { severity: 'info', exit: 0, message: "exception of rule %rule% for %object%: it ends on %until%", hint: "its reason was: %reason%" },
  'exception-unused': { severity: 'warning', exit: 1, message: "exception of rule %rule% for %object%: %problem%", hint: "%hint%" },
  'explain-field-unknown': { severity: 'error', exit: 3, message: "%object%: it has no field %field%: %problem%", hint: "%hint%" },
  'explain-object-ambiguous': { severity: 'error', exit: 3, message: "%object%: more than one object is called so: %objects%", hint: "name the namespace: Kind/namespace/name" },
  'explain-object-unknown': { severity: 'error', exit: 3, message: "%object%: this platform has no such object", hint: "%hint%" },
  'expose-closed': { severity: 'error', exit: 1, message: "%component%: exposed, but closed: %problem%", hint: "%hint%" },
  'expose-no-port': { severity: 'error', exit: 3, message: "%component%.expose: the workload has no port that traffic could go to", hint: "set workload.port" },
  'expose-other-host': { severity: 'error', exit: 1, message: "%component%: exposed as %host%, but its Ingress is for %found%", hint: "give the chart the same host name" },
  'expose-other-port': { severity: 'error', exit: 3, message: "%component%.expose.port: got %port%, expected %expected% (the workload's port), 80 (its Service's) or nothing", hint: "leave expose.port out" },
  'expose-without-ingress': { severity: 'error', exit: 1, message: "%component%: exposed as %host%, but it renders no Ingress or route", hint: "switch the chart's Ingress on by its values, or take `expose` away" },
  'field-invalid': { severity: 'error', exit: 1, message: "%object%: %path%: got %got%, expected %expected%", hint: "%hint%" },
  'field-missing': { severity: 'error', exit: 1, message: "%object%: %path%: missing, expected %expected%" },
  'field-not-set-here': { severity: 'error', exit: 3, message: "component %component%: %what% is not set where Mostik can write it: %reason%", hint: "%hint%" },
  'field-unknown': { severity: 'error', exit: 1, message: "%object%: %path%: unknown field", hint: "%hint%" },
  'file-encoding': { severity: 'error', exit: 3, message: "%path%: not a UTF-8 text: %problem%", hint: "save the file as UTF-8" },
  'file-not-found': { severity: 'error', exit: 3, message: "%what%: no such file: %path%", hint: "%hint%" },
  'file-not-writable': { severity: 'error', exit: 3, message: "%path%: cannot be written: %problem%" },
  'file-too-much': { severity: 'error', exit: 3, message: "%path%: %problem%", hint: "a platform file stays small: large values go into values files, objects into manifests" },
  'file-unreadable': { severity: 'error', exit: 3, message: "%what%: %path% cannot be read: %problem%", hint: "%hint%" },
  'flag-invalid': { severity: 'error', exit: 3, message: "%where%: expected %expected%, got %value%", hint: "%hint%" },
  'flag-unknown': { severity: 'error', exit: 3, message: "%where% %flag%: unknown flag", hint: "%hint%" },
  'flag-value-missing': { severity: 'error', exit: 3, message: "%where% %flag%: expected a value after it" },
  'forward-port-taken': { severity: 'error', exit: 4, message: "%address%: %problem%", hint: "choose another one: COMPONENT:LOCAL:REMOTE" },
  'forward-port-unknown': { severity: 'error', exit: 3, message: "%subject%: it has no port %port%; it has %known%", hint: "write the number of a port that its container listens on, as in %example%" },
  'generation-missing': { severity: 'error', exit: 1, message: "platform %platform%: generation %generation% is not recorded in this cluster", hint: "mostik history lists the generations that are kept" },
  'hook-unknown': { severity: 'warning', exit: 0, message: "%component%: %message%" },
  'host-not-exposed': { severity: 'warning', exit: 1, message: "%object%: lets %host% in, and %component% does not say `expose:`", hint: "add `expose: { host: %example% }` to %component%, or switch this Ingress off" },
  'host-port-twice': { severity: 'warning', exit: 1, message: "%object%: port %port%/%protocol% of the node is also taken by %other%", hint: "a Service needs no port of the node; or keep the two apart with affinity" },
  'image-build-failed': { severity: 'error', exit: 4, message: "Image %image%: %builder% could not build it: %reason%", hint: "the whole log is %log%" },
  'image-builder-missing': { severity: 'error', exit: 4, message: "%what% needs a program that builds images; none of docker, podman, nerdctl and buildah works here (%seen%)", hint: "install one (on Debian and Ubuntu: apt-get install buildah), start its daemon, or name one with --with" },
  'image-cannot-load': { severity: 'error', exit: 3, message: "Context %context%: Mostik does not know how to load images into this cluster", hint: "push them to a registry it pulls from: mostik image push --to REGISTRY" },
  'image-choice': { severity: 'error', exit: 3, message: "component %component%: %image% may be meant for several containers: %containers%", hint: "name one with --container" },
  'image-load-failed': { severity: 'error', exit: 4, message: "Image %image%: it could not be loaded into %cluster%: %reason%", hint: "%hint%" },
  'image-no-real-node': { severity: 'error', exit: 3, message: "Cluster %cluster%: its nodes are simulated, so it takes no images", hint: "`mostik up --nodes real` gives it a real node" },
  'image-not-declared': { severity: 'error', exit: 3, message: "Component %component%: it declares no image to build", hint: "%hint%" },
  'image-push-failed': { severity: 'error', exit: 4, message: "Image %image%: it could not be pushed: %reason%", hint: "log in with the builder's own command (such as docker login), or name the registry with --to" },
  'image-stale': { severity: 'warning', exit: 0, message: "Image %image%: %reason%; the node goes on with the one it has", hint: "%hint%" },
  'image-unknown': { severity: 'error', exit: 3, message: "Image %image%: neither a file of this name nor an image of %builder%", hint: "build it first, or name an archive (.tar)" },
  'init-exists': { severity: 'error', exit: 3, message: "%dir%: these files are there already: %files%", hint: "nothing was written; choose an empty folder, or move them away" },
  'init-name': { severity: 'error', exit: 3, message: "init: %name% cannot be the name of a platform", hint: "give one with --name: lower-case letters, digits and dashes, such as my-platform" },
  'init-source-unknown': { severity: 'error', exit: 3, message: "init --from %name%: there is no such platform", hint: "%hint%" },
  'interrupted': { severity: 'warning', exit: 130, message: "%where%: interrupted" },
  'k3d-cluster-foreign': { severity: 'error', exit: 6, message: "Cluster %cluster%: k3d has a cluster of this name that Mostik did not make", hint: "give yours another name (spec.cluster.name), or use that one as it is: `provider: existing` with `contexts: [k3d-%cluster%]`" },
  'k3d-cluster-missing': { severity: 'error', exit: 4, message: "Cluster %cluster%: k3d has no such cluster that Mostik made", hint: "`mostik up` makes it, so does `mostik cluster create` in the platform's folder" },
  'k3d-configuration-differs': { severity: 'warning', exit: 0, message: "Cluster %cluster%: it was made with another configuration than the one declared; it stays as it is", hint: "`mostik cluster delete %cluster%` and create it anew, or go on with it; it was made with %file%" },
  'k3d-configuration-invalid': { severity: 'error', exit: 3, message: "Cluster %cluster%: k3d's configuration: %path% %problem%", hint: "it is written from spec.cluster.k3d; https://k3d.io describes its options" },
  'k3d-failed': { severity: 'error', exit: 4, message: "%command%: it failed: %reason%", hint: "run the command yourself to see all it says; `--dry-run` prints every command" },
  'k3d-missing': { severity: 'error', exit: 4, message: "program k3d: not found; this platform's cluster is made by it", hint: "install k3d (https://k3d.io) and Docker, or use the embedded cluster, which needs neither: leave out `provider: k3d`" },
  'kind-not-served': { severity: 'error', exit: 3, message: "%object%: the cluster does not serve %kind% of %apiVersion%, and no CRD of the platform defines it", hint: "add the component that brings the CRD, or correct the apiVersion" },
  'kind-unknown': { severity: 'error', exit: 1, message: "%subject%: the cluster does not serve %kind% of %apiVersion%", hint: "%hint%" },
  'kubeconfig-invalid': { severity: 'error', exit: 4, message: "kubeconfig %path%: %problem%", hint: "%hint%" },
  'kubeconfig-missing': { severity: 'error', exit: 4, message: "kubeconfig: no file at %path%", hint: "%hint%" },
  'kubernetes-differs': { severity: 'warning', exit: 0, message: "platform %platform%: is rendered for Kubernetes %declared%, the cluster runs %server%", hint: "set spec.kubernetes to \"%server%\"" },
  'kustomization-mixed': { severity: 'error', exit: 3, message: "%where%: the kustomization %path% stands beside other entries", hint: "name the other files as resources in its kustomization.yaml, or make two components" },
  'kustomize-failed': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'library-incomplete': { severity: 'error', exit: 3, message: "%where%: chart %name% is a library and defines no template \"%name%.all\", so there is nothing to install", hint: "define one that includes what a service of this kind needs, or depend on the library in a chart of your own" },
  'library-part-missing': { severity: 'error', exit: 3, message: "%where%: chart %name% depends on %dependency%, which is neither in its charts folder nor at %repository%", hint: "run `helm dependency build` on the library, or put the chart there" },
  'limit-range-refuses': { severity: 'error', exit: 1, message: "%object%: %reason%", hint: "stay within the LimitRange, or change it" },
  'list-key-twice': { severity: 'error', exit: 3, message: "%object%: %path%: two entries with %key%", hint: "keep one of them: kubectl and Helm let the last one win, server-side apply refuses both" },
  'lock-held': { severity: 'error', exit: 6, message: "platform %platform%: another apply is under way: %who%, since %since%", hint: "wait for it to end, or stop that process; a dead one is taken over by itself" },
  'lock-lost': { severity: 'error', exit: 6, message: "platform %platform%: the lock was lost: %who%", hint: "look at mostik status and mostik history, then apply again" },
  'lookup-used': { severity: 'warning', exit: 0, message: "%component%: %message%", hint: "take the value from the platform instead (values, secrets): a render must not depend on what a cluster happens to hold" },
  'manifest-invalid': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'manifests-empty': { severity: 'error', exit: 3, message: "%where%: no .yaml, .yml or .json file in folder %path%", hint: "%hint%" },
  'metrics-missing': { severity: 'error', exit: 1, message: "the cluster has no metrics: %reason%", hint: "%hint%" },
  'missing-key': { severity: 'error', exit: 3, message: "%where%: %key% is missing", hint: "expected %expected%" },
  'model-file-kind': { severity: 'error', exit: 3, message: "%where%: runtime %runtime% does not read %path%", hint: "its files end with %expected%" },
  'model-file-large': { severity: 'error', exit: 3, message: "%where%: %path% has %size%, at most %most% go into a ConfigMap", hint: "make the model smaller" },
  'model-server-missing': { severity: 'error', exit: 3, message: "component %component%: there is no model server that could answer for this model", hint: "declare one: a component with `modelServer: {}`" },
  'model-server-unclear': { severity: 'error', exit: 3, message: "component %component%: %servers% are model servers, and the model does not say which answers for it", hint: "name one: `server: NAME`" },
  'model-server-unknown': { severity: 'error', exit: 3, message: "%where%: %name% is no model server", hint: "%hint%" },
  'model-store-missing': { severity: 'error', exit: 3, message: "component %component%: ModelMesh reads models from S3, and no bucket is named", hint: "name it: `store: { endpoint: http://minio:9000, bucket: models, secret: minio }`" },
  'model-traffic-mesh': { severity: 'error', exit: 3, message: "%where%: %server% is ModelMesh, which does not divide requests between versions of a model", hint: "serve it by a `modelServer:` of kind mlserver; or take `traffic` away and give this version a `name:` of its own, for callers to choose" },
  'model-traffic-sum': { severity: 'error', exit: 3, message: "%where%: the shares of model %model% come to %sum% (%shares%), expected %expected%", hint: "%hint%" },
  'model-twice': { severity: 'error', exit: 3, message: "component %component%: %server% serves a model %model% already: component %other%", hint: "%hint%" },
  'model-version-twice': { severity: 'error', exit: 3, message: "component %component%: %server% serves version %version% of model %model% already: component %other%", hint: "give it another `version:`" },
  'monitor-port-missing': { severity: 'warning', exit: 1, message: "%object%: %path%: no %what% that it selects has a port named %port%", hint: "%hint%" },
  'monitor-selects-none': { severity: 'warning', exit: 1, message: "%object%: its selector (%selector%) fits no %what% of this platform", hint: "a ServiceMonitor selects by the labels of the Service, a PodMonitor by those of the pods" },
  'network-end-unknown': { severity: 'error', exit: 3, message: "%flag% %text%: %problem%", hint: "%hint%" },
  'network-label-added': { severity: 'info', exit: 1, message: "%object%: %label% is added to its pods, which restarts them once", hint: "labels of its own that fit no other component's pods would do without" },
  'network-pods-ambiguous': { severity: 'error', exit: 3, message: "%component%: the selector of its pods (%pods%) also fits %others%", hint: "give pods: a selector that fits them alone" },
  'node-port-taken': { severity: 'error', exit: 6, message: "%object%: node port %port% is taken by %holder%", hint: "choose another nodePort, or leave it out and let Kubernetes choose" },
  'node-port-twice': { severity: 'error', exit: 1, message: "%object%: nodePort %port%/%protocol% is also taken by %other%", hint: "leave nodePort out and Kubernetes chooses a free one" },
  'not-allowed': { severity: 'error', exit: 4, message: "%subject%: not allowed to %verb%: %reason%", hint: "ask for a role with verb %verb% on %resource%, or use another context" },
  'nothing-to-open': { severity: 'error', exit: 1, message: "component %component%: it has no address outside the cluster", hint: "give it `expose: { host: ... }`, or reach it with mostik forward %component%" },
  'nothing-to-roll-back': { severity: 'error', exit: 1, message: "platform %platform%: there is no earlier successful generation", hint: "mostik history lists what there is" },
  'nothing-to-stop': { severity: 'error', exit: 1, message: "component %component%: there is nothing in it to %verb%", hint: "%hint%" },
  'now-used': { severity: 'warning', exit: 0, message: "%component%: %message%", hint: "give the time as a value, if the chart needs one" },
  'object-exported': { severity: 'warning', exit: 0, message: "%object%: %fields%: only an API server writes this; it is left out", hint: "take it out of the file (it comes from `kubectl get -o yaml`)" },
  'object-generate-name': { severity: 'error', exit: 3, message: "%object%: metadata.generateName %name%: every apply would make another object, which nothing could compare, update or delete", hint: "give it metadata.name; for a Job that should run again when it changes, a Helm hook does that" },
  'object-invalid': { severity: 'error', exit: 3, message: "%object%: %problem%" },
  'object-label': { severity: 'error', exit: 3, message: "%object%: %problem%" },
  'object-name': { severity: 'error', exit: 3, message: "%object%: %problem%" },
  'object-questionable': { severity: 'warning', exit: 1, message: "%object%: %problem%" },
  'object-refused': { severity: 'error', exit: 1, message: "%object%: %field%%problem%" },
  'object-twice': { severity: 'error', exit: 3, message: "%object%: declared by %component% and already by %other% (%place%)", hint: "leave it to one of them" },
  'own-component-name': { severity: 'error', exit: 3, message: "component %component%: Mostik makes a component of this name itself", hint: "give yours another name" },
  'path-leaves-root': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'path-open': { severity: 'error', exit: 1, message: "%to%: %pods% can be reached from %from% on %ports%, which no edge declares: %why%", hint: "%declare%close it: network.policies: generated, or a default deny and rules for what is declared" },
  'path-outside': { severity: 'error', exit: 3, message: "%where%: %path% leads out of the platform's root (%root%)", hint: "copy what is needed into the root; the root is the Git work tree, or the platform's folder where there is none" },
  'path-remote': { severity: 'error', exit: 3, message: "%where%: %path% is not a path", hint: "%hint%" },
  'plan-conflicts': { severity: 'error', exit: 6, message: "%object%: %reason%", hint: "%hint%" },
  'plan-file-invalid': { severity: 'error', exit: 3, message: "%file%: not a plan of this version of Mostik: %problem%", hint: "make one with mostik plan --out %file%" },
  'plan-refused': { severity: 'error', exit: 1, message: "%object%: %reason%", hint: "correct the object; the message is the API server's own" },
  'plan-stale': { severity: 'error', exit: 6, message: "the plan is out of date: %what%", hint: "make a new plan with mostik plan and look at it again" },
  'platform-ambiguous': { severity: 'error', exit: 3, message: "%dir%: %files% are all platform files", hint: "keep one of them, or name the file instead of the folder" },
  'platform-elsewhere': { severity: 'error', exit: 6, message: "platform %platform%: was applied from %before%, not from %now%", hint: "give this platform another metadata.name, or take it over with --take-platform" },
  'platform-not-applied': { severity: 'error', exit: 1, message: "platform %platform%: nothing was applied to this cluster yet", hint: "mostik up or mostik apply does that" },
  'platform-not-found': { severity: 'error', exit: 3, message: "%dir%: no platform file (platform.yaml, platform.yml or platform.ts)", hint: "%hint%" },
  'plugin-refused': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'pods-may-not-fit': { severity: 'warning', exit: 1, message: "%object%: %missing% of %pods% may not run: %reason%", hint: "leave more room: fewer or smaller pods, larger or more nodes; a PriorityClass decides who goes first" },
  'pods-together-will-not-fit': { severity: 'error', exit: 1, message: "%objects%: at least %missing% of their pods will not run: %reason%", hint: "ask for less, or declare larger or more nodes (spec.cluster.nodes); a PriorityClass decides who goes first" },
  'pods-will-not-fit': { severity: 'error', exit: 1, message: "%object%: %missing% of %pods% will not run: %reason%", hint: "ask for less, or declare nodes that have it (spec.cluster.nodes); mostik check capacity shows every node" },
  'policies-too-old': { severity: 'error', exit: 3, message: "spec.policies: Kubernetes %kubernetes% cannot enforce policies, expected 1.30 or newer", hint: "raise spec.kubernetes, or take spec.policies away" },
  'policy-example': { severity: 'error', exit: 3, message: "rule %rule%: its %kind% example %object%: got %found%, expected %expected%", hint: "see %file%" },
  'policy-invalid': { severity: 'error', exit: 3, message: "rule %rule%: the API server would not accept it: %field%: %problem%", hint: "see %file%" },
  'policy-not-evaluated': { severity: 'error', exit: 1, message: "%object%: rule %rule% cannot be evaluated: %problem%", hint: "guard fields that may be missing, as in object.spec.?field.orValue(\"\")" },
  'policy-refused': { severity: 'error', exit: 1, message: "%object%: %message% (rule %rule%)", hint: "%wayOut%" },
  'policy-twice': { severity: 'error', exit: 3, message: "%where%: rule %id% is in two files: %file% and %other%", hint: "give one of them another name in metadata.name" },
  'policy-unknown': { severity: 'error', exit: 3, message: "%where%: got %name%, expected a rule, a group of rules, or a policy file of the platform", hint: "%hint%" },
  'policy-warned': { severity: 'warning', exit: 1, message: "%object%: %message% (rule %rule%)", hint: "%wayOut%" },
  'private-file-in-git': { severity: 'error', exit: 6, message: "%file%: Git %problem%: what is written there must stay out of Git", hint: "name a path outside of the work tree, or add it to .gitignore first" },
  'private-file-there': { severity: 'error', exit: 6, message: "%file%: is there already, and a private key is never overwritten", hint: "choose another path, or move the old key away: nothing else opens what it sealed" },
  'profile-unknown': { severity: 'error', exit: 3, message: "Profile %name%: the platform has no such profile", hint: "%hint%" },
  'program-missing': { severity: 'error', exit: 4, message: "%program%: cannot be started: %problem%" },
  'proxy-unsupported': { severity: 'error', exit: 4, message: "cluster %context%: its proxy-url %proxy% cannot be used: %problem%", hint: "use an http:// proxy, or reach the cluster directly and remove proxy-url from the kubeconfig" },
  'quota-exceeded': { severity: 'error', exit: 1, message: "%object%: %resource%: the platform wants %wanted%, the quota allows %hard%: %by%", hint: "ask for less, or raise the quota" },
  'quota-may-be-exceeded': { severity: 'warning', exit: 1, message: "%object%: %resource%: with Jobs and hooks the platform wants %wanted% while these run, the quota allows %hard%", hint: "leave room in the quota, or have it ask for less" },
  'quota-refuses-pods': { severity: 'error', exit: 1, message: "%object%: the API server refuses %missing% of %pods%: %reason%", hint: "give every container requests and limits, or have a LimitRange in the namespace give them; or change the quota" },
  'real-node-lacks': { severity: 'error', exit: 4, message: "a real node needs %what%, which is not here", hint: "%wayOut%" },
  'real-node-taken': { severity: 'error', exit: 4, message: "Cluster %name%: the real node of this machine is in use by %holder%", hint: "%hint%" },
  'reference-key-missing': { severity: 'error', exit: 1, message: "%object%: %from%: %kind% %name% has no key %key%: %has%", hint: "%near%" },
  'reference-missing': { severity: 'warning', exit: 1, message: "%object%: %from%: %kind% %name% is not in this platform%where%", hint: "%near%if the cluster has it, say so in spec.cluster.provides: %entry%" },
  'reference-too-late': { severity: 'error', exit: 1, message: "%object%: %from%: %kind% %name% is made by %component% after this hook has run", hint: "make %name% a pre-install hook with a lower weight, or move it into a component that %component% needs" },
  'registry-answer': { severity: 'error', exit: 4, message: "Registry %registry%: %request% was answered with %status%: %reason%", hint: "the cluster's folder has its log: logs/registry.log" },
  'registry-not-there': { severity: 'error', exit: 4, message: "Registry %registry% of cluster %cluster%: %problem%", hint: "%hint%" },
  'registry-port-taken': { severity: 'error', exit: 4, message: "Cluster %name%: its registry %registry% cannot listen on %address%, which is taken by %holder%", hint: "stop that program, or declare another port: `cluster: { registry: { name: NAME, port: 5051 } }`" },
  'rehearsal-differs': { severity: 'error', exit: 6, message: "%file%: is the rehearsal of another plan: %what%", hint: "rehearse again with mostik rehearse --report %file%" },
  'rehearsal-failed': { severity: 'error', exit: 6, message: "%file%: the rehearsal of %platform% ended as %outcome%: %why%", hint: "correct it and rehearse again, or apply without --rehearsed" },
  'rehearsal-file-invalid': { severity: 'error', exit: 3, message: "%file%: not a report of this version of Mostik: %problem%", hint: "make one with mostik rehearse --report %file%" },
  'rehearse-component-unknown': { severity: 'error', exit: 3, message: "%flag% %component%: the platform has no such component; it has %components%" },
  'rehearse-fault-version': { severity: 'error', exit: 3, message: "%flag%: needs Kubernetes 1.36 or newer, the platform is for %kubernetes%", hint: "rehearse this fault with spec.kubernetes: \"1.36\" in an overlay" },
  'rehearse-node-unknown': { severity: 'error', exit: 3, message: "--kill-node %node%: there is no such node; the rehearsal has %nodes%" },
  'rehearse-not-copied': { severity: 'warning', exit: 0, message: "%object%: is not in the rehearsal: %reason%" },
  'remote-base': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'removal-failed': { severity: 'error', exit: 1, message: "%reason%" },
  'render-engine-failed': { severity: 'error', exit: 1, message: "render engine %path%: %problem%", hint: "`mostik engine install render` gets it anew; `mostik engine status` says which one is used" },
  'render-problem': { severity: 'error', exit: 3, message: "%component%: %message% (%code%)" },
  'rendered-key-twice': { severity: 'error', exit: 3, message: "%component%: %message%", hint: "%hint%" },
  'rendered-yaml': { severity: 'error', exit: 3, message: "%component%: %message%", hint: "%hint%" },
  'replacement-refused': { severity: 'error', exit: 6, message: "%object%: must be deleted and made again: %reason%", hint: "allow it with --replace=%object%, or undo the change of that field" },
  'request-refused': { severity: 'error', exit: 1, message: "%subject%: %verb% refused by the API server: %reason%" },
  'request-timeout': { severity: 'error', exit: 5, message: "%subject%: %verb% had no answer within %seconds% s", hint: "the API server or a webhook behind it is slow; try again when it has recovered" },
  'rollout-may-not-fit': { severity: 'info', exit: 1, message: "%object%: a rollout may be stuck: the one pod more that it needs may find no room: %reason%", hint: "leave room for one more pod, or let one go first: strategy.rollingUpdate.maxUnavailable: 1" },
  'rollout-will-not-fit': { severity: 'warning', exit: 1, message: "%object%: a rollout would be stuck: no room for the one pod more that it needs: %reason%", hint: "leave room for one more pod, or let one go first: strategy.rollingUpdate.maxUnavailable: 1" },
  'route-port-missing': { severity: 'error', exit: 1, message: "%object%: %path%: Service %service% has no port %port%: it has %has%" },
  'route-service-missing': { severity: 'warning', exit: 1, message: "%object%: %path%: Service %service% is not in this platform (namespace %namespace%)", hint: "%near%if the cluster has it, say so in spec.cluster.provides: Service/%namespace%/%service%" },
  'route-twice': { severity: 'error', exit: 1, message: "%object%: %route% is also taken by %other%", hint: "leave it to one of them; or give each its own path, host or class" },
  'scale-autoscaled': { severity: 'error', exit: 6, message: "component %component%: %scaler% decides how many replicas %workload% has", hint: "set its bounds instead: %hint%" },
  'scale-may-not-fit': { severity: 'info', exit: 1, message: "%object%: %scaler% may want %pods% pods; with all autoscalers at their most there may be no room: %reason%", hint: "lower its maximum, or declare larger or more nodes (spec.cluster.nodes)" },
  'scale-will-not-fit': { severity: 'warning', exit: 1, message: "%object%: %scaler% may want %pods% pods, and there is no room for so many: %reason%", hint: "lower its maximum, or declare larger or more nodes (spec.cluster.nodes)" },
  'schema-unknown': { severity: 'info', exit: 0, message: "%kind% (%apiVersion%): no schema is known, so %count% of these are not held against one", hint: "add the CustomResourceDefinition to the platform" },
  'schema-version-nearest': { severity: 'info', exit: 0, message: "Kubernetes %wanted%: its schemas do not come with this version of Mostik, those of %used% are used" },
  'scope-unknown': { severity: 'error', exit: 3, message: "%object%: no component has the CustomResourceDefinition of %kind% (%apiVersion%), so whether it lives in a namespace is not known", hint: "set metadata.namespace; or add the CRD to the platform; or name the kind in spec.cluster.provides as %apiVersion%/%kind%:Namespaced or %apiVersion%/%kind%:Cluster" },
  'seal-no-value': { severity: 'error', exit: 3, message: "secret %name%: no value to seal: expected %key% in .env, or a value in the cluster (%cluster%)", hint: "%hint%" },
  'sealed-already': { severity: 'error', exit: 6, message: "%file%: %names% sealed already, and without the private key nobody can tell whether to the same value", hint: "--sealing-key FILE or --from-cluster compares; --again seals anew" },
  'sealed-differs': { severity: 'warning', exit: 0, message: "secret %name%: the value sealed in %file% is not the one of %where%, which counts", hint: "mostik secrets seal --secret %name% puts today's value into Git; to go back to the sealed one, take it out of %where%" },
  'sealed-elsewhere': { severity: 'error', exit: 6, message: "%file%: is sealed for %before%, not for %now%, and %names% would not open there", hint: "give every value, or name the private key with --sealing-key FILE or --from-cluster to carry the others over" },
  'sealed-file-invalid': { severity: 'error', exit: 3, message: "%file%: not a SealedSecret: %problem%", hint: "restore the file from Git, or seal again: mostik secrets seal" },
  'sealed-item-missing': { severity: 'error', exit: 3, message: "%file%: %object% has no %item%", hint: "it has %items%" },
  'sealed-not-opened': { severity: 'error', exit: 3, message: "secret %name%: no value: it is sealed in %file%, and no key at hand opens it (%tried%)", hint: "name the private key with --sealing-key FILE or MOSTIK_SEALING_KEY, or put the value into .env as %key%" },
  'sealed-not-opened-item': { severity: 'error', exit: 3, message: "%file%: %object%: %items%: %problem%" },
  'sealed-not-text': { severity: 'error', exit: 3, message: "secret %name%: what is sealed in %file% is not a UTF-8 text" },
  'sealed-not-yet': { severity: 'warning', exit: 0, message: "secret %name%: is declared as sealed in %file%, which has no %item%", hint: "mostik secrets seal --secret %name%" },
  'sealed-outside': { severity: 'error', exit: 3, message: "secret %name%: %path% leaves the platform's root", hint: "keep the sealed file beside the platform file or below it" },
  'sealed-templated': { severity: 'warning', exit: 0, message: "%file%: %object%: %items% come from a template, which only the controller fills in" },
  'sealing-certificate-invalid': { severity: 'error', exit: 3, message: "%from%: not a certificate to seal with: %problem%", hint: "mostik secrets seal --from-cluster takes the one of the controller; kubeseal --fetch-cert writes it into a file" },
  'sealing-certificate-missing': { severity: 'error', exit: 3, message: "%where%: expected a certificate to seal with: there is no %file%", hint: "--cert FILE, --from-cluster for the one of the controller, or a key pair of the platform's own: mostik secrets new-key --out FILE" },
  'sealing-controller-missing': { severity: 'error', exit: 3, message: "cluster %cluster%: no certificate of a Sealed Secrets controller, neither from Service %service% nor in a Secret with the label %label%%problem%", hint: "install the controller, or name where it is with --controller-namespace and --controller-name" },
  'sealing-key-invalid': { severity: 'error', exit: 3, message: "%from%: no private key for sealed secrets: %problem%" },
  'sealing-key-needed': { severity: 'error', exit: 3, message: "%where%: expected a private key to open it with", hint: "--sealing-key FILE, MOSTIK_SEALING_KEY, or --from-cluster where you may read the controller's keys" },
  'secret-before-git': { severity: 'warning', exit: 1, message: "%file%:%line%: %what% (%masked%) is not in Git yet, and the next `git add` would take it", hint: "declare it in spec.secrets, seal it (`mostik secrets seal`), or name the file in .gitignore. If it is none: a comment `mostik:allow-secret REASON` on this line or above" },
  'secret-differs': { severity: 'warning', exit: 0, message: "secret %secret%: the value in .env is not the one in the cluster; the one in .env will be applied", hint: "remove it from .env to keep the cluster's; a database does not change its password by itself" },
  'secret-everyday': { severity: 'warning', exit: 1, message: "secret %name%: its value also stands in %what% of %object%, where everybody can read it", hint: "choose a value that nobody can guess" },
  'secret-history-cut': { severity: 'info', exit: 0, message: "the history of Git is long: %left% versions of files are not looked at yet", hint: "the next run goes on from here" },
  'secret-in-git': { severity: 'error', exit: 1, message: "%file%:%line%: %what% (%masked%) is in Git in plain text", hint: "take it out and change the secret itself: everybody with the repository has it. Declare it in spec.secrets, or seal it (`mostik secrets seal`). If it is none: a comment `mostik:allow-secret REASON` on this line or above" },
  'secret-in-history': { severity: 'error', exit: 1, message: "%file%: %what% (%masked%) is in the history of Git: commit %commit% of %day% has it on line %line%", hint: "change the secret itself: everybody with the repository has it. Then allow the old one in spec.checks.allowSecrets: { id: %id%, reason: ... }" },
  'secret-in-values': { severity: 'error', exit: 3, message: "%where%: %path% is filled with secret %secret%, and has a plain value as well", hint: "take the plain value away: it would put a secret into a file" },
  'secret-manifest-invalid': { severity: 'error', exit: 3, message: "%file%: not a Secret that can be sealed: %problem%" },
  'secret-missing': { severity: 'error', exit: 3, message: "secret %name%: no value: expected %key% in %file%%near%", hint: "add a line %key%=... to %file% beside the platform file, or let Mostik make the value: secrets: { %name%: { generate: {} } }" },
  'secret-not-declared': { severity: 'error', exit: 3, message: "%where%: the platform has no secret %name%", hint: "%hint%" },
  'secret-short': { severity: 'warning', exit: 3, message: "secret %name%: its value has %length% characters: below %least% it is only masked where it stands alone", hint: "choose a longer value" },
  'secret-unknown': { severity: 'error', exit: 3, message: "%where%: there is no secret %name%", hint: "%hint%" },
  'secret-value-path': { severity: 'error', exit: 3, message: "%component%.secretValues: %path%: %problem%", hint: "paths are written as in `helm --set`: auth.password, users[0].password, and a backslash before a dot that belongs to a key" },
  'selector-other-labels': { severity: 'error', exit: 1, message: "%object%: spec.selector (%selector%) does not fit its own pods (%labels%)", hint: "give spec.template.metadata.labels what the selector asks for" },
  'selector-overlaps': { severity: 'warning', exit: 1, message: "%object%: spec.selector (%selector%) also fits the pods of %others%", hint: "add a label to both that tells them apart, such as app.kubernetes.io/component" },
  'service-declared': { severity: 'error', exit: 3, message: "%path%: spec.components has a component %name% already, and nothing was written", hint: "take another name" },
  'service-exists': { severity: 'error', exit: 3, message: "%path%: the file is there already, and nothing was written", hint: "take another name, or another folder with --dir" },
  'service-port-closed': { severity: 'warning', exit: 1, message: "%object%: %path%: port %port% is opened by no container of %pods%", hint: "%hint%" },
  'service-selects-none': { severity: 'warning', exit: 1, message: "%object%: its selector (%selector%) fits no pods of this platform", hint: "%hint%" },
  'service-selects-others': { severity: 'warning', exit: 1, message: "%object%: its selector (%selector%) also fits the pods of %others%", hint: "add a label to the selector that only the right pods have, such as app.kubernetes.io/instance" },
  'set-refused': { severity: 'error', exit: 3, message: "--set %text%: %problem%", hint: "%hint%" },
  'set-syntax': { severity: 'error', exit: 3, message: "--set %text%: %problem%", hint: "expected COMPONENT.PATH=VALUE, such as web.image.tag=2" },
  'severity-unknown': { severity: 'error', exit: 1, message: "spec.checks.severity: no finding has the code %code%", hint: "%hint%" },
  'source-missing': { severity: 'error', exit: 3, message: "Component %name%: it has no source", hint: "%hint%" },
  'source-several': { severity: 'error', exit: 3, message: "Component %name%: it has %count% sources (%sources%), expected one", hint: "make two components of it, or set the other one to null in the profile that replaces it" },
  'source-takes-none': { severity: 'error', exit: 3, message: "%where%: %source% takes no %field%", hint: "%hint%" },
  'state-damaged': { severity: 'error', exit: 1, message: "platform %platform%: its record is damaged: %what% is missing", hint: "restore the Secret from a backup, or apply the platform again from its files after deleting Secret/mostik.%platform%" },
  'stateful-service': { severity: 'warning', exit: 1, message: "%object%: spec.serviceName: %service% %problem%", hint: "%hint%" },
  'stop-not-possible': { severity: 'error', exit: 1, message: "%object%: cannot be stopped: %reason%", hint: "%hint%" },
  'storage-class-default-missing': { severity: 'error', exit: 6, message: "%claim%: names no storage class, and the cluster has no default one", hint: "set a storage class in the values of %component%, or mark one as default in the cluster" },
  'storage-class-missing': { severity: 'error', exit: 6, message: "%claim%: storage class \"%class%\" is not in the cluster (it has: %classes%)", hint: "name one of these in the values of %component%, or install the provisioner first" },
  'template-error': { severity: 'error', exit: 3, message: "%component%: %message%", hint: "%hint%" },
  'tests-missing': { severity: 'error', exit: 1, message: "%what%: there are no tests", hint: "declare them under tests: of a component, such as page: { http: { url: http://web/health } }; charts bring theirs with the annotation helm.sh/hook: test" },
  'unexpected': { severity: 'error', exit: 1, message: "%where%: %problem%", hint: "%hint%" },
  'unknown-key': { severity: 'error', exit: 3, message: "%where%: there is no key %key% here", hint: "%hint%" },
  'values-duplicate-key': { severity: 'warning', exit: 0, message: "%where%: the key stands twice, first on line %line%; Helm takes this one", hint: "keep one of them" },
  'values-invalid': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'values-not-map': { severity: 'error', exit: 3, message: "%path%: expected a map of values, got %got%" },
  'values-schema': { severity: 'error', exit: 3, message: "%component%: %message%" },
  'volume-missing': { severity: 'error', exit: 1, message: "%object%: %path%: there is no volume %name%", hint: "%hint%" },
  'volume-unused': { severity: 'warning', exit: 1, message: "%object%: %path%: no container mounts it", hint: "add a volumeMount, or take the volume away" },
  'work-unknown': { severity: 'error', exit: 3, message: "%word%: there is no such %kind% in %where%", hint: "%hint%" },
  'work-without-pods': { severity: 'error', exit: 1, message: "%subject%: no pod of it %state%", hint: "%hint%" },
  'yaml-documents': { severity: 'error', exit: 3, message: "%path%: a second document begins here, expected one", hint: "take the `---` away, or put the second document into a file of its own" },
  'yaml-duplicate-key': { severity: 'error', exit: 3, message: "%where%: the key stands twice, first on line %line%", hint: "keep one of them" },
  'yaml-empty': { severity: 'error', exit: 3, message: "%path%: the file is empty" },
  'yaml-merge-key': { severity: 'error', exit: 3, message: "%where%: a merge key (<<), which YAML 1.2 does not have", hint: "write the keys out, or let an alias stand for the whole map" },
  'yaml-number': { severity: 'error', exit: 3, message: "%where%: %source% cannot be kept exactly as a number", hint: "put it in quotes" },
  'yaml-readings': { severity: 'error', exit: 3, message: "%where%: %source% is %core% in YAML 1.2, and %kubernetes% in YAML 1.1", hint: "write %ways%" },
  'yaml-syntax': { severity: 'error', exit: 3, message: "%path%: %problem%" },
  'yaml-tag': { severity: 'error', exit: 3, message: "%where%: a tag (%tag%), expected plain YAML", hint: "take the tag away" },
};
