import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'host', testTimeout: 60_000 };
