import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'nx-fleet', testTimeout: 60_000 };
