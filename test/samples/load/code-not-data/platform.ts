import { definePlatform } from 'mostik';

export default definePlatform({
  apiVersion: 'mostik.dev/v1',
  kind: 'Platform',
  metadata: { name: 'shop' },
  spec: { components: { web: { workload: { image: process.env['IMAGE'] as string } } } },
});
