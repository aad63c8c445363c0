import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'system', testTimeout: 60_000 };
