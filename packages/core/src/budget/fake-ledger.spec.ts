import { createFakeLedger } from './fake-ledger.js';
import { describeLedger } from './ledger.contract.js';

describeLedger('in memory', createFakeLedger);
