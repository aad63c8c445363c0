import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'databases', testTimeout: 60_000 };
