/** The Nx versions that we say we support, each with the devkit that belongs to it. */
export const NX_VERSIONS = [
  { nxVersion: '22.7.11', devkitVersion: '22.7.11' },
  { nxVersion: '23.3.1', devkitVersion: '23.3.1' },
  { nxVersion: '24.0.6', devkitVersion: '24.0.0' },
] as const;

export const NEWEST_NX = NX_VERSIONS[2];
