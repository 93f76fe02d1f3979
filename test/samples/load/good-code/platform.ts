import { component, definePlatform } from 'mostik';
import { image } from './image.js';

const service = (name: string) => component({ workload: { image: image(name), port: 8000 } });

export default definePlatform({
  apiVersion: 'mostik.dev/v1',
  kind: 'Platform',
  metadata: { name: 'shop' },
  spec: { components: { web: service('web'), api: { ...service('api'), needs: ['web'] } } },
});
