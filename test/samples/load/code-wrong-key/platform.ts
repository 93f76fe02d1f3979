import { component, definePlatform } from 'mostik';

const web = component({
  // @ts-expect-error the key is wrong on purpose
  workload: { image: 'nginx:1.27', prot: 80 },
});

export default definePlatform({
  apiVersion: 'mostik.dev/v1',
  kind: 'Platform',
  metadata: { name: 'shop' },
  spec: {
    components: {
      web,
      api: component({ workload: { image: 'api:1' }, uses: ['wep'] }),
    },
  },
});
